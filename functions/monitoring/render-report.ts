import * as z from 'zod';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { judgedWindow } from '../../shared/application/judged-window.ts';
import { readBaseline } from '../../shared/application/read-baseline.ts';
import { readDocument } from '../../shared/application/read-document.ts';
import { DriftReport } from '../../shared/domain/drift/drift-report.ts';
import { parseWindowState } from '../../shared/domain/drift/serialize-window-state.ts';
import { NotFound } from '../../shared/domain/faults.ts';
import { type MonitorWindow, WindowKey } from '../../shared/domain/monitor-window.ts';
import type { Run } from '../../shared/domain/run.ts';
import { endpointPageOf, runPageOf } from '../../shared/domain/run-places.ts';
import { reportKeyOf } from '../../shared/domain/window-places.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import type { MonitorWindows } from '../../shared/ports/monitor-windows.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import type { Stage } from '../../shared/ports/stage.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';
import { renderReport } from '../../web/report/render-report.tsx';

export type RenderReportDeps = {
  windows: Pick<MonitorWindows, 'find' | 'addPage'>;
  runs: Pick<Runs, 'get'>;
  documents: Documents;
  /** The capture bucket, where what was counted lies. */
  states: Pick<Documents, 'read'>;
  stage: Pick<Stage, 'publicUrl'>;
};

const Input = z.object({ window: WindowKey });
const Output = z.object({ outcome: z.enum(['rendered', 'too-late']) });
type Output = z.infer<typeof Output>;

/** State `RenderReport` of monitor-window: the report as a page for people, beside its JSON. */
export const step = defineStep({ input: Input, output: Output, run: render });

export const handler = lambdaStep(step, (environment) => {
  const records = { table: environment.table, bus: eventbridgeBus(environment) };
  return {
    windows: dynamodbMonitorWindows(records),
    runs: dynamodbRuns(records),
    documents: s3Documents(environment),
    states: s3Documents({ bucket: environment.captureBucket }),
    stage: environment,
  };
});

async function render(input: z.output<typeof Input>, deps: RenderReportDeps): Promise<Output> {
  const { row, judgement } = await judgedWindow(deps.windows, input.window);
  if (row.page !== undefined) return { outcome: 'rendered' };
  const run = await deps.runs.get(row.runId);
  const report = await readDocument(deps.documents, DriftReport, judgement.report, 'The report of the window');
  const sealed = await readBaseline(deps.documents, run.registered?.baseline, `The baseline of run ${run.runId}`);
  const counted = await readCounted(judgement.state, deps);
  if (counted === undefined) return { outcome: 'too-late' };
  const page = renderReport({
    report,
    baseline: sealed.baseline,
    state: parseWindowState(JSON.parse(counted), sealed),
    links: linksOf(row, run, deps.stage.publicUrl),
  });
  const key = `${reportKeyOf(row, row.runId)}/report.html`;
  await deps.windows.addPage(input.window, await deps.documents.write(key, page, 'text/html; charset=utf-8'));
  return { outcome: 'rendered' };
}

/** What was counted is forgotten after a week; the report's numbers stay. */
async function readCounted(
  reference: Parameters<Documents['read']>[0],
  { states }: RenderReportDeps,
): Promise<string | undefined> {
  try {
    return Buffer.from(await states.read(reference)).toString();
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

function linksOf({ model, environment, version }: MonitorWindow, run: Run, publicUrl: string) {
  return [
    { label: `${model} in ${environment}`, address: endpointPageOf(publicUrl, model, environment) },
    { label: `Version ${version}, its run`, address: runPageOf(publicUrl, run) },
  ];
}
