import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabDeployments } from '../../shared/adapters/gitlab/deployments.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { runOfMove } from '../../shared/application/current-run.ts';
import { settleMove } from '../../shared/application/settle-endpoint.ts';
import { type EndpointStanding, isInProgress } from '../../shared/domain/assess-endpoint.ts';
import type { Deployment } from '../../shared/domain/deployment.ts';
import { ServiceUnavailable } from '../../shared/domain/faults.ts';
import { endpointNameOf, subjects } from '../../shared/domain/names.ts';
import { WhichMove } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { GitlabDeployments } from '../../shared/ports/gitlab.ts';
import type { Rendezvous } from '../../shared/ports/rendezvous.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import type { Hosting } from '../../shared/ports/sagemaker.ts';
import type { Stage } from '../../shared/ports/stage.ts';
import { type AnswersTask, defineStep, lambdaWaitStep } from '../../shared/runtime/lambda-step.ts';

export type RestoreEndpointDeps = AnswersTask & {
  runs: Pick<Runs, 'get'>;
  deployments: Pick<Deployments, 'find' | 'prepare'>;
  hosting: Pick<Hosting, 'describeEndpoint' | 'updateEndpoint' | 'deleteEndpoint'>;
  gitlab: Pick<GitlabDeployments, 'finish'>;
  rendezvous: Pick<Rendezvous, 'wait' | 'signal'>;
  stage: Pick<Stage, 'stage'>;
  now: () => string;
};

const Input = WhichMove.extend({ taskToken: z.string().min(1) });

/** State `RestoreEndpoint` of endpoint-rollout and of endpoint-rollback: answers {outcome: restored | untouched | failed, reasons}. */
export const step = defineStep({ input: Input, output: z.void(), run: restoreEndpoint });

export const handler = lambdaWaitStep(step, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  deployments: dynamodbDeployments(environment),
  hosting: sagemakerHosting(),
  gitlab: gitlabDeployments(connectGitlab(environment)),
  stage: environment,
  now: systemTime,
}));

/**
 * Gives the environment back what was live before this run or rollback, or takes the endpoint away where there was none.
 * @throws ServiceUnavailable while SageMaker is at work on the endpoint: the workflow tries again
 */
async function restoreEndpoint(input: z.output<typeof Input>, deps: RestoreEndpointDeps): Promise<void> {
  const { deployments, hosting, rendezvous, now } = deps;
  const { environment } = input;
  const run = await runOfMove(deps.runs, input);
  const endpointName = endpointNameOf(deps.stage.stage, run.model, environment);
  const deployment = await deployments.find(run.model, environment);
  const pending = deployment?.pending;
  if (deployment === undefined || pending?.runId !== run.runId || pending.rollbackId !== input.rollbackId)
    return deps.answerTask(input.taskToken, { outcome: 'untouched', reasons: [] });
  const standing = await hosting.describeEndpoint(endpointName);
  if (standing !== undefined && isInProgress(standing.status) && pending.move?.towards !== 'live')
    throw new ServiceUnavailable(
      `The endpoint ${endpointName} is still ${standing.status}; it can be restored afterwards.`,
    );
  const subject = subjects.endpoint(endpointName, input.rollbackId ?? run.runId, input.attempt, 'live');
  await rendezvous.wait(subject, input.taskToken, now());
  if (!isRestored(deployment, standing)) await askForFormer(deployment, standing, deps);
  const move = { towards: 'live' as const, subject, since: now() };
  const fenced = { ...pending, fence: input.fence, move };
  const moved = await deployments.prepare(run.model, environment, endpointName, fenced);
  if (pending.gitlabDeploymentId !== undefined) {
    await deps.gitlab.finish(run.projectId, pending.gitlabDeploymentId, 'failed');
  }
  await settleMove(moved, deps);
}

function isRestored({ live }: Deployment, standing: EndpointStanding): boolean {
  if (standing === undefined) return true;
  return standing.status === 'InService' && standing.configName === live?.endpointConfigName;
}

async function askForFormer(
  { endpointName, live }: Deployment,
  standing: EndpointStanding,
  { hosting }: RestoreEndpointDeps,
): Promise<void> {
  if (standing === undefined || isInProgress(standing.status)) return;
  if (live === undefined) await hosting.deleteEndpoint(endpointName);
  else await hosting.updateEndpoint(endpointName, live.endpointConfigName);
}
