import { LatencyBudgetBurning } from '../../events/contracts/latency-budget-burning.ts';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbCases } from '../../shared/adapters/dynamodb/cases.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabIssueThreads } from '../../shared/adapters/gitlab/issue-threads.ts';
import { gitlabIssues } from '../../shared/adapters/gitlab/issues.ts';
import { randomId } from '../../shared/adapters/random-id.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { type FollowSignalDeps, followSignal } from '../../shared/application/follow-signal.ts';
import { readPolicy } from '../../shared/application/read-run-documents.ts';
import { describeBurning } from '../../shared/domain/describe-burning.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { type Consumer, lambdaConsumer } from '../../shared/runtime/lambda-consumer.ts';
import { logger } from '../../shared/runtime/logger.ts';

type TrackLatencyDeps = FollowSignalDeps & { documents: Pick<Documents, 'read'>; runs: Pick<Runs, 'get' | 'find'> };

/** The burn rates look at several windows already, so one fact opens a case and one closes it. */
const CONSECUTIVE = 1;

const consumer: Consumer<typeof LatencyBudgetBurning, TrackLatencyDeps> = {
  detail: LatencyBudgetBurning,
  run: ({ detail }, deps) => trackLatency(detail, deps),
};

export const handler = lambdaConsumer(consumer, (environment) => {
  const gitlab = connectGitlab(environment);
  return {
    runs: runRecords(environment).runs,
    cases: dynamodbCases({ table: environment.table, bus: eventbridgeBus(environment) }),
    documents: s3Documents(environment),
    issues: gitlabIssues(gitlab),
    threads: gitlabIssueThreads(gitlab),
    publicUrl: environment.publicUrl,
    newId: randomId,
    now: systemTime,
  };
});

/** Opens the case of an endpoint that uses up its latency budget, and closes it when that is over. */
export async function trackLatency(detail: LatencyBudgetBurning, deps: TrackLatencyDeps): Promise<void> {
  const { model, environment, runId, version, commit, occurredAt } = detail;
  const run = await deps.runs.get(runId);
  const policy = await readPolicy(deps.documents, run);
  const look = {
    window: { from: detail.since, to: occurredAt },
    breached: detail.state === 'burning',
    runId,
  };
  const followed = await followSignal(
    {
      subject: { model, environment, signal: 'latency' },
      looks: [look],
      rules: { consecutive: CONSECUTIVE, retrains: false },
      version: { projectId: run.projectId, runId, version, commit },
      source: {
        labels: policy.feedback.issueLabels,
        evidenceOf: async () => ({ findings: describeBurning(detail), links: [] }),
      },
    },
    deps,
  );
  logger.info('latency tracked', { model, environment, state: detail.state, ...followed });
}
