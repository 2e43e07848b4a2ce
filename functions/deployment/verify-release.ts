import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbReviews } from '../../shared/adapters/dynamodb/reviews.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { sagemakerModelRegistry } from '../../shared/adapters/sagemaker/model-registry.ts';
import { type CheckReleaseDeps, checkRelease } from '../../shared/application/check-release.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import type { Deployment } from '../../shared/domain/deployment.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { describeHold } from '../../shared/domain/describe-hold.ts';
import { newestOf } from '../../shared/domain/move-deployment.ts';
import type { Run } from '../../shared/domain/run.ts';
import { Reasons, WhichRelease } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import type { Hosting } from '../../shared/ports/sagemaker.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type VerifyReleaseDeps = CheckReleaseDeps & {
  runs: Pick<Runs, 'get'>;
  timeline: Pick<Timeline, 'record'>;
  deployments: Pick<Deployments, 'find'>;
  hosting: Pick<Hosting, 'describeEndpoint'>;
  now: () => string;
};

const Verification = z.object({
  outcome: z.enum(['verified', 'live', 'blocked', 'superseded', 'held']),
  reasons: Reasons,
});
type Verification = z.infer<typeof Verification>;

/**
 * State `VerifyRelease` of endpoint-rollout: approval, bytes, image and policy are asked for once more before anything is created.
 * `held` tells that a person rolled the environment back and has not released it; `live` that an earlier attempt of this run has done it all: nothing is left but to record it.
 */
export const step = defineStep({ input: WhichRelease, output: Verification, run: verifyRelease });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  reviews: dynamodbReviews(environment),
  deployments: dynamodbDeployments(environment),
  hosting: sagemakerHosting(),
  registry: sagemakerModelRegistry(),
  documents: s3Documents(environment),
  objects: s3ObjectStore(),
  onboarding: onboardingRecords(environment),
  now: systemTime,
}));

async function verifyRelease(input: WhichRelease, deps: VerifyReleaseDeps): Promise<Verification> {
  const { environment } = input;
  const run = await currentRun(deps.runs, input);
  const deployment = await deps.deployments.find(run.model, environment);
  const newest = newestOf(deployment ?? {});
  if (newest !== undefined && newest.sequence > run.sequence) {
    const reason = `A newer candidate (version ${newest.version}) went live in ${environment} meanwhile; an older one never replaces it.`;
    return { outcome: 'superseded', reasons: [reason] };
  }
  if (deployment?.hold !== undefined)
    return { outcome: 'held', reasons: [describeHold(run.model, environment, deployment.hold)] };
  const problems = await checkRelease(run, environment, deps);
  if (problems.length > 0) return { outcome: 'blocked', reasons: problems };
  if (await servesAlready(run, deployment, deps)) return { outcome: 'live', reasons: [] };
  const summary = `Version ${run.registered?.version ?? 0} was verified once more and goes to ${environment}.`;
  await deps.timeline.record(
    describeEvent(run.runId, 'rollout-started', deps.now(), { summary, environment, again: run.attempt }),
  );
  return { outcome: 'verified', reasons: [] };
}

/** What this run brought live is left as it is, unless the endpoint stands elsewhere by now. */
async function servesAlready(
  { runId }: Run,
  deployment: Deployment | undefined,
  { hosting }: VerifyReleaseDeps,
): Promise<boolean> {
  const { live, pending, endpointName } = deployment ?? {};
  if (endpointName === undefined || pending !== undefined || live?.runId !== runId) return false;
  const standing = await hosting.describeEndpoint(endpointName);
  return standing?.status === 'InService' && standing.configName === live.endpointConfigName;
}
