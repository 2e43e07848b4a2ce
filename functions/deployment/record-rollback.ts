import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbRollbacks } from '../../shared/adapters/dynamodb/rollbacks.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabDeployments } from '../../shared/adapters/gitlab/deployments.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { currentRollback } from '../../shared/application/current-rollback.ts';
import type { Deployment, Release, Rollback } from '../../shared/domain/deployment.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import { Reasons, WhichRollback } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { GitlabDeployments } from '../../shared/ports/gitlab.ts';
import type { Rollbacks } from '../../shared/ports/rollbacks.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type RecordRollbackDeps = {
  runs: Pick<Runs, 'get'>;
  deployments: Pick<Deployments, 'find'>;
  rollbacks: Pick<Rollbacks, 'conclude'>;
  gitlab: Pick<GitlabDeployments, 'finish'>;
  now: () => string;
};

const Recorded = z.object({ outcome: z.literal('rolled-back'), reasons: Reasons });

/** State `RecordRollback` of endpoint-rollback: the former version is live, here and in GitLab, and the environment stays held. */
export const step = defineStep({ input: WhichRollback, output: Recorded, run: recordRollback });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  deployments: dynamodbDeployments(environment),
  rollbacks: dynamodbRollbacks(environment),
  gitlab: gitlabDeployments(connectGitlab(environment)),
  now: systemTime,
}));

async function recordRollback(input: WhichRollback, deps: RecordRollbackDeps): Promise<z.infer<typeof Recorded>> {
  const { model, environment, fence, rollbackId } = input;
  const { deployment, rollback } = await currentRollback(deps.deployments, input);
  const release = releaseOf(deployment, rollback);
  await deps.rollbacks.conclude(model, environment, fence, rollbackId, release, deps.now());
  if (release.gitlabDeploymentId !== undefined) {
    const { projectId } = await deps.runs.get(release.runId);
    await deps.gitlab.finish(projectId, release.gitlabDeploymentId, 'success');
  }
  return { outcome: 'rolled-back', reasons: [] };
}

/** What is pending for this rollback; after a crash it may be live already. */
function releaseOf({ pending, live }: Deployment, { rollbackId, status, to }: Rollback): Release {
  if (pending?.rollbackId === rollbackId) {
    const { fence: _fence, move: _move, rollbackId: _rollbackId, ...release } = pending;
    return release;
  }
  if (status === 'rolled-back' && live?.runId === to.runId) return live;
  throw new ContractBroken(`Nothing is pending for rollback ${rollbackId}, so it can't be recorded as live.`);
}
