import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabDeployments } from '../../shared/adapters/gitlab/deployments.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import { together } from '../../shared/application/in-parallel.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { Reasons, WhichRelease } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { GitlabDeployments } from '../../shared/ports/gitlab.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type RecordDeploymentDeps = {
  runs: Pick<Runs, 'get'>;
  timeline: Pick<Timeline, 'record'>;
  deployments: Pick<Deployments, 'conclude'>;
  gitlab: Pick<GitlabDeployments, 'finish'>;
  now: () => string;
};

const Recorded = z.object({ outcome: z.literal('live'), reasons: Reasons });

/** State `RecordDeployment` of endpoint-rollout: what was pending is live, here and in GitLab. */
export const step = defineStep({ input: WhichRelease, output: Recorded, run: recordDeployment });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  deployments: dynamodbDeployments(environment),
  gitlab: gitlabDeployments(connectGitlab(environment)),
  now: systemTime,
}));

async function recordDeployment(input: WhichRelease, deps: RecordDeploymentDeps): Promise<z.infer<typeof Recorded>> {
  const { environment, fence } = input;
  const run = await currentRun(deps.runs, input);
  const { live: release } = await deps.deployments.conclude(run.model, environment, fence, run.runId);
  const { gitlabDeploymentId } = release;
  const summary = `Version ${release.version} is live in ${environment}.`;
  const detail = {
    version: release.version,
    endpointConfigName: release.endpointConfigName,
    artifactSha256: release.artifactSha256,
  };
  const event = describeEvent(run.runId, 'rollout-finished', deps.now(), { summary, environment, detail });
  await together([
    gitlabDeploymentId && deps.gitlab.finish(run.projectId, gitlabDeploymentId, 'success'),
    deps.timeline.record(event, run),
  ]);
  return { outcome: 'live', reasons: [] };
}
