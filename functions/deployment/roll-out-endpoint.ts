import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabDeployments } from '../../shared/adapters/gitlab/deployments.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import { type PrepareReleaseDeps, prepareRelease } from '../../shared/application/prepare-release.ts';
import { settleEndpoint } from '../../shared/application/settle-endpoint.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { endpointNameOf, subjects } from '../../shared/domain/names.ts';
import { planMove } from '../../shared/domain/plan-move.ts';
import type { Run } from '../../shared/domain/run.ts';
import { WhichRelease } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { GitlabDeployments } from '../../shared/ports/gitlab.ts';
import type { Rendezvous } from '../../shared/ports/rendezvous.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import type { Hosting } from '../../shared/ports/sagemaker.ts';
import { defineStep, type FailsTask, lambdaWaitStep } from '../../shared/runtime/lambda-step.ts';

export type RollOutEndpointDeps = FailsTask &
  PrepareReleaseDeps & {
    runs: Pick<Runs, 'get'>;
    timeline: Pick<Timeline, 'record'>;
    deployments: Deployments;
    hosting: Hosting;
    gitlab: Pick<GitlabDeployments, 'start'>;
    rendezvous: Pick<Rendezvous, 'wait' | 'signal'>;
    now: () => string;
  };

const Input = WhichRelease.extend({ taskToken: z.string().min(1) });

/** State `RollOutEndpoint` of endpoint-rollout: answers {outcome: in-service | failed | faulted | unrecorded-config, reasons}. */
export const step = defineStep({ input: Input, output: z.void(), run: rollOutEndpoint });

export const handler = lambdaWaitStep(step, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  deployments: dynamodbDeployments(environment),
  documents: s3Documents(environment),
  hosting: sagemakerHosting(),
  gitlab: gitlabDeployments(connectGitlab(environment)),
  onboarding: onboardingRecords(environment),
  stage: environment,
  now: systemTime,
}));

/**
 * What the endpoint is to become is recorded before it is touched, and that it was touched afterwards. So a crash anywhere leaves
 * an endpoint whose configuration somebody recorded, and a repetition goes on from there.
 */
async function rollOutEndpoint(input: z.output<typeof Input>, deps: RollOutEndpointDeps): Promise<void> {
  const { deployments, hosting, rendezvous, now } = deps;
  const { environment, fence, taskToken } = input;
  const run = await currentRun(deps.runs, input);
  const endpointName = endpointNameOf(deps.stage.stage, run.model, environment);
  const subject = subjects.endpoint(endpointName, run.runId, run.attempt, 'pending');
  const { release, tags } = await prepareRelease(run, environment, deps);

  const before = await deployments.find(run.model, environment);
  const plan = planMove(before, release, await hosting.describeEndpoint(endpointName));
  await rendezvous.wait(subject, taskToken, now());
  if (plan.action === 'stop') {
    await rendezvous.signal(subject, { output: { outcome: plan.outcome, reasons: [plan.reason] } }, now());
    return;
  }
  const gitlabDeploymentId = (await deps.gitlab.start(run.projectId, gitlabDeploymentOf(run, environment))).id;
  const pending = { ...release, gitlabDeploymentId, fence };
  await deployments.prepare(run.model, environment, endpointName, pending);
  if (plan.action === 'create') await hosting.createEndpoint(endpointName, release.endpointConfigName, tags);
  if (plan.action === 'update') await hosting.updateEndpoint(endpointName, release.endpointConfigName);
  const move = { towards: 'pending' as const, subject, since: now() };
  await deployments.prepare(run.model, environment, endpointName, { ...pending, move });
  await recordMove(run, environment, endpointName, release.endpointConfigName, plan.action, deps);
  await settleEndpoint(run.model, environment, deps);
}

async function recordMove(
  run: Run,
  environment: string,
  endpointName: string,
  endpointConfigName: string,
  action: 'create' | 'update' | 'wait',
  { timeline, now }: RollOutEndpointDeps,
): Promise<void> {
  if (action === 'wait') return;
  const summary =
    action === 'create'
      ? `The endpoint ${endpointName} is being created.`
      : `The endpoint ${endpointName} is being moved to a new configuration.`;
  const detail = { endpointName, endpointConfigName };
  await timeline.record(
    describeEvent(run.runId, 'endpoint-updated', now(), { summary, environment, again: run.attempt, detail }),
  );
}

/** GitLab's words for what an environment is for. */
const TIERS: Readonly<Record<string, string>> = {
  prod: 'production',
  production: 'production',
  staging: 'staging',
  stage: 'staging',
  qa: 'testing',
  test: 'testing',
  dev: 'development',
};

function gitlabDeploymentOf(run: Run, environment: string) {
  return { environment, tier: TIERS[environment] ?? 'other', sha: run.commit, ref: run.ref };
}
