import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbCases } from '../../shared/adapters/dynamodb/cases.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabIssueThreads } from '../../shared/adapters/gitlab/issue-threads.ts';
import { gitlabIssues } from '../../shared/adapters/gitlab/issues.ts';
import { randomId } from '../../shared/adapters/random-id.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { type FollowedTo, type FollowSignalDeps, followSignal } from '../../shared/application/follow-signal.ts';
import { readPolicy } from '../../shared/application/read-run-documents.ts';
import { driftSource, type ShowDriftDeps } from '../../shared/application/show-drift.ts';
import { VARIANT } from '../../shared/domain/capture-place.ts';
import { looksOf } from '../../shared/domain/case-looks.ts';
import { driftMonitoringOf } from '../../shared/domain/drift-monitoring-of.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import { EnvironmentName, ModelName } from '../../shared/domain/identifiers.ts';
import { TimeWindow } from '../../shared/domain/monitor-window.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import type { MonitorWindows } from '../../shared/ports/monitor-windows.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

/** More than the most windows in a row that a policy asks for, with room for those that had too little data. */
const NEWEST_WINDOWS = 40;

export type TrackCaseDeps = FollowSignalDeps &
  ShowDriftDeps & {
    windows: Pick<MonitorWindows, 'find' | 'list'>;
    documents: Pick<Documents, 'read'>;
    runs: Pick<Runs, 'get' | 'find'>;
  };

const Input = z.object({ model: ModelName, environment: EnvironmentName, window: TimeWindow });

const Output = z.object({
  outcome: z.enum(['none', 'opened', 'open', 'closed', 'silenced']),
  caseId: z.string().optional(),
});

/** State `TrackCase` of monitor-window: opens, feeds or closes the case of drift. */
export const step = defineStep({ input: Input, output: Output, run: trackCase });

export const handler = lambdaStep(step, (environment) => {
  const gitlab = connectGitlab(environment);
  const place = { table: environment.table, bus: eventbridgeBus(environment) };
  return {
    ...runRecords(environment),
    cases: dynamodbCases(place),
    windows: dynamodbMonitorWindows(place),
    documents: s3Documents(environment),
    issues: gitlabIssues(gitlab),
    threads: gitlabIssueThreads(gitlab),
    publicUrl: environment.publicUrl,
    newId: randomId,
    now: systemTime,
  };
});

/** The policy is that of the version whose window this is. */
async function trackCase(
  { model, environment, window }: z.output<typeof Input>,
  deps: TrackCaseDeps,
): Promise<FollowedTo> {
  const judged = await deps.windows.find({ model, environment, variant: VARIANT, window });
  if (judged?.status !== 'judged')
    throw new ContractBroken(`The window of ${model} in ${environment} up to ${window.to} was never judged.`);
  const run = await deps.runs.get(judged.runId);
  const policy = await readPolicy(deps.documents, run);
  const monitoring = driftMonitoringOf(policy, environment);
  if (monitoring === undefined) return { outcome: 'none' };
  return followSignal(
    {
      subject: { model, environment, signal: 'drift' },
      looks: looksOf(await deps.windows.list(model, environment, NEWEST_WINDOWS)),
      rules: {
        consecutive: monitoring.drift.alert.consecutive,
        retrains: policy.feedback.retrain?.on.includes('drift') ?? false,
      },
      version: { projectId: run.projectId, runId: run.runId, version: judged.version, commit: run.commit },
      source: driftSource(policy, deps),
    },
    deps,
  );
}
