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
import { together } from '../../shared/application/in-parallel.ts';
import { type MoveEndpointDeps, moveEndpoint } from '../../shared/application/move-endpoint.ts';
import { type PrepareReleaseDeps, prepareRelease } from '../../shared/application/prepare-release.ts';
import { describeHold } from '../../shared/domain/describe-hold.ts';
import { gitlabDeploymentOf } from '../../shared/domain/gitlab-deployment.ts';
import { endpointNameOf, subjects } from '../../shared/domain/names.ts';
import { planMove } from '../../shared/domain/plan-move.ts';
import { WhichRelease } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { GitlabDeployments } from '../../shared/ports/gitlab.ts';
import type { Rendezvous } from '../../shared/ports/rendezvous.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import type { Hosting } from '../../shared/ports/sagemaker.ts';
import { type AnswersTask, defineStep, lambdaWaitStep } from '../../shared/runtime/lambda-step.ts';

export type RollOutEndpointDeps = AnswersTask &
  PrepareReleaseDeps &
  MoveEndpointDeps & {
    deployments: Pick<Deployments, 'find'>;
    runs: Pick<Runs, 'get'>;
    hosting: Hosting;
    gitlab: Pick<GitlabDeployments, 'start'>;
    rendezvous: Pick<Rendezvous, 'wait' | 'signal'>;
  };

const Input = WhichRelease.extend({ taskToken: z.string().min(1) });

/** State `RollOutEndpoint` of endpoint-rollout: answers {outcome: in-service | failed | faulted | unrecorded-config | held, reasons}. */
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

/** Makes what the endpoint needs and moves it there; an environment that a person holds is left alone. */
async function rollOutEndpoint(input: z.output<typeof Input>, deps: RollOutEndpointDeps): Promise<void> {
  const { deployments, hosting, rendezvous, now } = deps;
  const { environment, fence, taskToken } = input;
  const run = await currentRun(deps.runs, input);
  const endpointName = endpointNameOf(deps.stage.stage, run.model, environment);
  const [{ release, tags }, before, standing] = await together([
    prepareRelease(run, environment, deps),
    deployments.find(run.model, environment),
    hosting.describeEndpoint(endpointName),
  ]);
  if (before?.hold !== undefined && before.pending?.runId !== run.runId) {
    const reasons = [describeHold(run.model, environment, before.hold)];
    return deps.answerTask(taskToken, { outcome: 'held', reasons });
  }
  const plan = planMove(before, release, standing);
  if (plan.action === 'stop') return deps.answerTask(taskToken, { outcome: plan.outcome, reasons: [plan.reason] });
  const subject = subjects.endpoint(endpointName, run.runId, run.attempt, 'pending');
  const [, { id: gitlabDeploymentId }] = await together([
    rendezvous.wait(subject, taskToken, now()),
    deps.gitlab.start(run.projectId, gitlabDeploymentOf(run, environment)),
  ]);
  const place = { model: run.model, environment, endpointName };
  const { action } = plan;
  const pending = { ...release, gitlabDeploymentId, fence };
  await moveEndpoint({ place, action, pending, subject, tags, again: run.attempt }, deps);
}
