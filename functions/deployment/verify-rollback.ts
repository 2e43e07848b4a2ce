import * as z from 'zod';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbReviews } from '../../shared/adapters/dynamodb/reviews.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { sagemakerModelRegistry } from '../../shared/adapters/sagemaker/model-registry.ts';
import { type CheckReleaseDeps, checkRelease } from '../../shared/application/check-release.ts';
import { currentRollback } from '../../shared/application/current-rollback.ts';
import type { Deployment, Rollback } from '../../shared/domain/deployment.ts';
import { Reasons, WhichRollback } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import type { Hosting } from '../../shared/ports/sagemaker.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type VerifyRollbackDeps = CheckReleaseDeps & {
  runs: Pick<Runs, 'get'>;
  deployments: Pick<Deployments, 'find'>;
  hosting: Pick<Hosting, 'describeConfig'>;
};

/** `runId` is the run of the version that comes back. */
const Verification = z.object({
  outcome: z.enum(['verified', 'rolled-back', 'blocked']),
  reasons: Reasons,
  runId: z.string(),
});
type Verification = z.infer<typeof Verification>;

/**
 * State `VerifyRollback` of endpoint-rollback: the former version must still be what was approved, as at its roll-out, and its
 * configuration must be there. `rolled-back` tells that an earlier attempt has done it all.
 */
export const step = defineStep({ input: WhichRollback, output: Verification, run: verifyRollback });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  reviews: dynamodbReviews(environment),
  deployments: dynamodbDeployments(environment),
  hosting: sagemakerHosting(),
  registry: sagemakerModelRegistry(),
  documents: s3Documents(environment),
  objects: s3ObjectStore(),
  onboarding: onboardingRecords(environment),
}));

async function verifyRollback(input: WhichRollback, deps: VerifyRollbackDeps): Promise<Verification> {
  const { deployment, rollback } = await currentRollback(deps.deployments, input);
  const { runId } = rollback.to;
  if (rollback.status === 'rolled-back') return { outcome: 'rolled-back', reasons: [], runId };
  const reasons = [
    ...findOvertaking(deployment, rollback),
    ...(await checkRelease(await deps.runs.get(runId), input.environment, deps)),
    ...(await findMissingConfig(rollback, deps)),
  ];
  return { outcome: reasons.length === 0 ? 'verified' : 'blocked', reasons, runId };
}

/** While the rollback waited for its turn, a run may have ended its own: whoever asked had not seen that version. */
function findOvertaking({ live, environment }: Deployment, { from }: Rollback): string[] {
  if (live?.runId === from.runId && live.endpointConfigName === from.endpointConfigName) return [];
  const now = live === undefined ? 'nothing is' : `version ${live.version} went`;
  return [
    `Version ${from.version} is not live in ${environment} any more: ${now} live meanwhile. Look at that first, and ask again if it is no better.`,
  ];
}

async function findMissingConfig({ to }: Rollback, { hosting }: VerifyRollbackDeps): Promise<string[]> {
  const config = await hosting.describeConfig(to.endpointConfigName);
  if (config === undefined)
    return [
      `The endpoint configuration ${to.endpointConfigName} of version ${to.version} is gone: somebody deleted it. Push that version's commit again.`,
    ];
  if (config.modelNames.every((name) => name === to.modelName)) return [];
  return [
    `The endpoint configuration ${to.endpointConfigName} serves ${config.modelNames.join(', ')} and not ${to.modelName}, the model of version ${to.version}: somebody made it anew.`,
  ];
}
