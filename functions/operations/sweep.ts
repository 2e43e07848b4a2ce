import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbLeases } from '../../shared/adapters/dynamodb/leases.ts';
import { dynamodbReviews } from '../../shared/adapters/dynamodb/reviews.ts';
import { dynamodbRollbacks } from '../../shared/adapters/dynamodb/rollbacks.ts';
import { gitlabCommitStatuses } from '../../shared/adapters/gitlab/commit-statuses.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { sagemakerTrainingPipelines } from '../../shared/adapters/sagemaker/training-pipelines.ts';
import { snsNotices } from '../../shared/adapters/sns/notices.ts';
import { stepFunctionsExecutions } from '../../shared/adapters/step-functions/executions.ts';
import { stepFunctionsRollbackExecutions } from '../../shared/adapters/step-functions/rollback-executions.ts';
import { type AskAboutWaitDeps, askAboutWait } from '../../shared/application/ask-about-wait.ts';
import { expireReview } from '../../shared/application/expire-review.ts';
import { type ParkRunDeps, parkRun } from '../../shared/application/park-run.ts';
import { type SuperviseRollbackDeps, superviseRollback } from '../../shared/application/supervise-rollback.ts';
import { type SuperviseRunDeps, superviseRun } from '../../shared/application/supervise-run.ts';
import { ServiceUnavailable } from '../../shared/domain/faults.ts';
import { countOf } from '../../shared/domain/format-number.ts';
import { isActive } from '../../shared/domain/run.ts';
import type { Rendezvous } from '../../shared/ports/rendezvous.ts';
import type { Reviews } from '../../shared/ports/reviews.ts';
import type { Rollbacks } from '../../shared/ports/rollbacks.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { lambdaSchedule } from '../../shared/runtime/lambda-step.ts';
import { logger } from '../../shared/runtime/logger.ts';

export type SweepDeps = AskAboutWaitDeps &
  ParkRunDeps &
  Omit<SuperviseRunDeps, 'park'> &
  SuperviseRollbackDeps & {
    rendezvous: Rendezvous;
    rollbacks: Pick<Rollbacks, 'fail' | 'resume' | 'underWay'>;
    reviews: Pick<Reviews, 'find' | 'close' | 'expired'>;
    runs: Pick<Runs, 'get' | 'find' | 'update' | 'listActive'>;
  };

/** What has waited for this long is asked about; events usually come within seconds. */
const OVERDUE_MS = 60_000;
/** So many things at a time: enough to be done within the minute, few enough not to be throttled. */
const AT_A_TIME = 8;

export const handler = lambdaSchedule(sweep, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  reviews: dynamodbReviews(environment),
  deployments: dynamodbDeployments(environment),
  leases: dynamodbLeases(environment),
  pipelines: sagemakerTrainingPipelines(),
  hosting: sagemakerHosting(),
  executions: stepFunctionsExecutions(environment),
  rollbacks: dynamodbRollbacks(environment),
  rollbackExecutions: stepFunctionsRollbackExecutions(environment),
  notices: snsNotices(environment),
  statuses: gitlabCommitStatuses(connectGitlab(environment)),
  onboarding: onboardingRecords(environment),
  stage: environment.stage,
  publicUrl: environment.publicUrl,
  now: systemTime,
}));

/**
 * Events may be lost and functions may die. Once a minute the source of truth is asked about every wait that is overdue, reviews
 * whose time is over are closed, and runs and rollbacks that no execution works on are taken up again. One failure holds up nothing
 * else.
 * @throws ServiceUnavailable when some of it failed, so that the function's errors show it; the next sweep tries again
 */
export async function sweep(deps: SweepDeps): Promise<void> {
  const now = deps.now();
  const before = new Date(Date.parse(now) - OVERDUE_MS).toISOString();
  // One kind after the other: what one repair has closed, the next one finds closed.
  const kinds: Record<string, () => Promise<Repair[]>> = {
    'expired reviews': async () =>
      (await deps.reviews.expired(now)).map((review) => ({
        what: `review ${review.reviewId}`,
        make: () => expireReview(review, deps),
      })),
    'overdue waits': async () =>
      (await deps.rendezvous.overdue(before)).map(({ subject }) => ({
        what: subject,
        make: () => askAboutWait(subject, deps),
      })),
    'active runs': async () =>
      (await deps.runs.listActive())
        .filter((run) => run.updatedAt < before)
        .map(({ runId }) => ({ what: `run ${runId}`, make: () => supervise(runId, deps) })),
    'rollbacks under way': async () =>
      (await deps.rollbacks.underWay(before)).map(({ model, environment }) => ({
        what: `rollback of ${model} in ${environment}`,
        make: () => superviseThe(model, environment, deps),
      })),
  };
  let failures = 0;
  for (const [kind, list] of Object.entries(kinds)) failures += await makeAll(kind, list);
  if (failures === 0) return;
  throw new ServiceUnavailable(`${countOf(failures, 'repair')} failed; the next sweep tries again.`);
}

/** The list may be seconds old: a run that has ended since is left alone. */
async function supervise(runId: string, deps: SweepDeps): Promise<void> {
  const run = await deps.runs.get(runId);
  if (!isActive(run.status)) return;
  const park = async (parked: typeof run, sentence: string) => void (await parkRun(parked, [sentence], deps));
  await superviseRun(run, { ...deps, park });
}

/** The list may be seconds old: what has ended since is left alone. */
async function superviseThe(model: string, environment: string, deps: SweepDeps): Promise<void> {
  const deployment = await deps.deployments.find(model, environment);
  if (deployment !== undefined) await superviseRollback(deployment, deps);
}

type Repair = { what: string; make: () => Promise<void> };

/** How many failed; a list that can't be read is one failure. */
async function makeAll(kind: string, list: () => Promise<Repair[]>): Promise<number> {
  let repairs: Repair[];
  try {
    repairs = await list();
  } catch (error) {
    logger.error('could not be listed', { kind, error: error instanceof Error ? error : String(error) });
    return 1;
  }
  const queue = inAnyOrder(repairs);
  let failures = 0;
  async function work(): Promise<void> {
    for (let repair = queue.shift(); repair !== undefined; repair = queue.shift()) {
      try {
        await repair.make();
      } catch (error) {
        failures += 1;
        logger.error('could not be repaired', {
          what: repair.what,
          error: error instanceof Error ? error : String(error),
        });
      }
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  logger.info('swept', { kind, repairs: repairs.length, failures });
  return failures;
}

/** A sweep that runs out of time has left out other repairs than the one before: nothing waits for ever behind the oldest. */
function inAnyOrder(repairs: readonly Repair[]): Repair[] {
  return repairs
    .map((repair) => ({ repair, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ repair }) => repair);
}
