import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabDeployments } from '../../shared/adapters/gitlab/deployments.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { currentRollback } from '../../shared/application/current-rollback.ts';
import { type MoveEndpointDeps, moveEndpoint } from '../../shared/application/move-endpoint.ts';
import { gitlabDeploymentOf } from '../../shared/domain/gitlab-deployment.ts';
import { subjects } from '../../shared/domain/names.ts';
import { planMove } from '../../shared/domain/plan-move.ts';
import { WhichRollback } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { GitlabDeployments } from '../../shared/ports/gitlab.ts';
import type { Rendezvous } from '../../shared/ports/rendezvous.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { type AnswersTask, defineStep, lambdaWaitStep } from '../../shared/runtime/lambda-step.ts';

export type RollBackEndpointDeps = AnswersTask &
  MoveEndpointDeps & {
    deployments: Pick<Deployments, 'find'>;
    runs: Pick<Runs, 'get'>;
    gitlab: Pick<GitlabDeployments, 'start'>;
    rendezvous: Pick<Rendezvous, 'wait' | 'signal'>;
  };

const Input = WhichRollback.extend({ taskToken: z.string().min(1) });

/** State `RollBackEndpoint` of endpoint-rollback: answers {outcome: in-service | failed | faulted | blocked, reasons}. */
export const step = defineStep({ input: Input, output: z.void(), run: rollBackEndpoint });

export const handler = lambdaWaitStep(step, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  deployments: dynamodbDeployments(environment),
  hosting: sagemakerHosting(),
  gitlab: gitlabDeployments(connectGitlab(environment)),
  now: systemTime,
}));

/** Moves the endpoint to the configuration that it had. `blocked` tells that it was not touched, and why. */
async function rollBackEndpoint(input: z.output<typeof Input>, deps: RollBackEndpointDeps): Promise<void> {
  const { rendezvous, now } = deps;
  const { model, environment, rollbackId, attempt, fence } = input;
  const { deployment, rollback } = await currentRollback(deps.deployments, input);
  const { endpointName } = deployment;
  const plan = planMove(deployment, rollback.to, await deps.hosting.describeEndpoint(endpointName));
  const block = (reason: string) => deps.answerTask(input.taskToken, { outcome: 'blocked', reasons: [reason] });
  if (plan.action === 'stop') return block(plan.reason);
  if (plan.action === 'create')
    return block(
      `The endpoint ${endpointName} is gone: somebody deleted it. The roll-out of a new version creates it.`,
    );
  const subject = subjects.endpoint(endpointName, rollbackId, attempt, 'pending');
  await rendezvous.wait(subject, input.taskToken, now());
  const run = await deps.runs.get(rollback.to.runId);
  const { id } = await deps.gitlab.start(run.projectId, gitlabDeploymentOf(run, environment));
  const pending = { ...rollback.to, gitlabDeploymentId: id, at: now(), fence, rollbackId };
  const place = { model, environment, endpointName };
  await moveEndpoint({ place, action: plan.action, pending, subject, tags: {}, again: rollbackId }, deps);
}
