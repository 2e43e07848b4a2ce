import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { cloudwatchEndpointMetrics } from '../../shared/adapters/cloudwatch/endpoint-metrics.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { type MergePartsDeps, mergeParts } from '../../shared/application/merge-parts.ts';
import { readBaseline } from '../../shared/application/read-baseline.ts';
import { readDocument } from '../../shared/application/read-document.ts';
import { readPolicy } from '../../shared/application/read-run-documents.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { compareWithInvocations, isCountable } from '../../shared/domain/capture-gap.ts';
import { DriftVerdict } from '../../shared/domain/drift/drift-report.ts';
import { judgeWindow as judgeState } from '../../shared/domain/drift/judge-window.ts';
import { serializeWindowState } from '../../shared/domain/drift/serialize-window-state.ts';
import type { WindowState } from '../../shared/domain/drift/window-state.ts';
import { driftMonitoringOf } from '../../shared/domain/drift-monitoring-of.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import { DocumentReference } from '../../shared/domain/identifiers.ts';
import { judgementOf } from '../../shared/domain/judgement-of.ts';
import { type MonitorWindow, WindowKey } from '../../shared/domain/monitor-window.ts';
import { WindowPlan } from '../../shared/domain/plan-window.ts';
import { nameUnreadable } from '../../shared/domain/window-part.ts';
import { batchKeyOf, reportKeyOf, statesKeyOf } from '../../shared/domain/window-places.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import type { EndpointMetrics } from '../../shared/ports/endpoint-metrics.ts';
import type { MonitorWindows } from '../../shared/ports/monitor-windows.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type JudgeWindowDeps = MergePartsDeps & {
  windows: Pick<MonitorWindows, 'find' | 'finish'>;
  runs: Pick<Runs, 'get'>;
  documents: Documents;
  /** The capture bucket, where the plan and the parts lie. */
  states: Documents;
  endpointMetrics: Pick<EndpointMetrics, 'countInvocations'>;
  now: () => string;
};

const Input = z.object({ window: WindowKey, plan: DocumentReference, batches: z.number().int().min(0) });
const Output = z.object({ verdict: DriftVerdict });

/** State `JudgeWindow` of monitor-window: adds up what the workers counted and compares it with the baseline. */
export const step = defineStep({ input: Input, output: Output, run: judgeWindow });

export const handler = lambdaStep(step, (environment) => {
  const records = { table: environment.table, bus: eventbridgeBus(environment) };
  return {
    windows: dynamodbMonitorWindows(records),
    runs: dynamodbRuns(records),
    documents: s3Documents(environment),
    states: s3Documents({ bucket: environment.captureBucket }),
    objects: s3ObjectStore(),
    endpointMetrics: cloudwatchEndpointMetrics(),
    now: systemTime,
  };
});

async function judgeWindow(input: z.output<typeof Input>, deps: JudgeWindowDeps): Promise<z.infer<typeof Output>> {
  const { window: key, batches } = input;
  const row = await deps.windows.find(key);
  if (row === undefined) throw new ContractBroken('This window was never planned, so it can not be judged.');
  if (row.status === 'judged' && row.verdict !== undefined) return { verdict: row.verdict };
  const plan = await readDocument(deps.states, WindowPlan, input.plan, 'The plan of the window');
  const sealed = await readBaseline(deps.documents, plan.baseline, 'The baseline of the window');
  const uris = Array.from(
    { length: batches },
    (_, batch) => `s3://${plan.bucket}/${batchKeyOf(key, input.plan.sha256, batch)}`,
  );
  const { state, unreadable } = await mergeParts(uris, sealed, deps);

  const { drift, capture } = await monitoringOf(row, deps);
  const captured = state.records + state.invalidRecords;
  const invoked = await compareInvocations(row, captured, capture.percent, deps);
  const report = judgeState(sealed, state, {
    model: key.model,
    environment: key.environment,
    window: key.window,
    alertShare: drift.alert.features,
    showUnseenValues: drift.showUnseenValues,
    findings: [...nameUnreadable(unreadable), ...(invoked?.finding ? [invoked.finding] : [])],
  });
  const documents = {
    report: await deps.documents.write(
      `${reportKeyOf(key, row.runId)}/report.json`,
      canonicalJson(report),
      'application/json',
    ),
    state: await writeState(key, state, deps),
  };
  const judgement = judgementOf(report, { captured, ...(invoked && { expected: invoked.expected }) }, documents);
  const { verdict } = await deps.windows.finish(key, judgement, deps.now());
  return { verdict: verdict ?? report.verdict };
}

async function monitoringOf({ runId, environment }: MonitorWindow, { runs, documents }: JudgeWindowDeps) {
  const monitoring = driftMonitoringOf(await readPolicy(documents, await runs.get(runId)), environment);
  if (monitoring === undefined)
    throw new ContractBroken(`The policy of run ${runId} does not watch drift in ${environment}.`);
  return monitoring;
}

async function compareInvocations(
  { endpointName, window }: MonitorWindow,
  captured: number,
  percent: number,
  { endpointMetrics }: JudgeWindowDeps,
) {
  if (!isCountable(window)) return undefined;
  const invocations = await endpointMetrics.countInvocations(endpointName, window);
  return invocations === undefined ? undefined : compareWithInvocations(captured, invocations, percent);
}

function writeState(key: WindowKey, state: WindowState, { states }: JudgeWindowDeps): Promise<DocumentReference> {
  const counted = JSON.stringify(serializeWindowState(state));
  return states.write(`${statesKeyOf(key)}/window.json`, counted, 'application/json');
}
