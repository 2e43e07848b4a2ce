import * as z from 'zod';
import { DriftDetected } from '../../events/contracts/drift-detected.ts';
import { systemTime } from '../../shared/adapters/clock.ts';
import { cloudwatchMetrics } from '../../shared/adapters/cloudwatch/metrics.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { judgedWindow } from '../../shared/application/judged-window.ts';
import { DriftVerdict } from '../../shared/domain/drift/drift-report.ts';
import { type Judgement, type MonitorWindow, WindowKey } from '../../shared/domain/monitor-window.ts';
import { metricsOfWindow } from '../../shared/domain/window-metrics.ts';
import type { Fact } from '../../shared/ports/bus.ts';
import type { Metrics } from '../../shared/ports/metrics.ts';
import type { MonitorWindows } from '../../shared/ports/monitor-windows.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type PublishWindowDeps = {
  windows: Pick<MonitorWindows, 'find' | 'publishOnce'>;
  runs: Pick<Runs, 'get'>;
  metrics: Metrics;
  stage: { stage: string };
  now: () => string;
};

const Input = z.object({ window: WindowKey, executionId: z.string().min(1) });
const Output = z.object({
  verdict: DriftVerdict,
  breached: z.boolean(),
  /** Whether it was this execution that published. */
  published: z.boolean(),
});

/** State `PublishWindow` of monitor-window: metrics and, on a breach, the fact `DriftDetected.v1`; once, whoever comes first. */
export const step = defineStep({ input: Input, output: Output, run: publishWindow });

export const handler = lambdaStep(step, (environment) => {
  const records = { table: environment.table, bus: eventbridgeBus(environment) };
  return {
    windows: dynamodbMonitorWindows(records),
    runs: dynamodbRuns(records),
    metrics: cloudwatchMetrics(),
    stage: environment,
    now: systemTime,
  };
});

async function publishWindow(input: z.output<typeof Input>, deps: PublishWindowDeps): Promise<z.infer<typeof Output>> {
  const { row, judgement } = await judgedWindow(deps.windows, input.window);
  const published = await deps.windows.publishOnce(input.window, input.executionId, deps.now, async () => {
    await deps.metrics.publish(metricsOfWindow(deps.stage.stage, row, judgement, deps.now()));
    return judgement.breached ? factOf(row, judgement, deps) : undefined;
  });
  return { verdict: judgement.verdict, breached: judgement.breached, published };
}

async function factOf(row: MonitorWindow, judgement: Judgement, { runs, now }: PublishWindowDeps): Promise<Fact> {
  const { model, environment, endpointName, version, window, runId } = row;
  const occurredAt = now();
  const detail = DriftDetected.parse({
    runId,
    model,
    commit: (await runs.get(runId)).commit,
    occurredAt,
    environment,
    endpointName,
    version,
    ...window,
    rows: judgement.rows,
    driftedShare: judgement.driftedShare,
    predictionDrifted: judgement.predictionVerdict === 'drifted',
    topFeatures: judgement.topFeatures.map(({ name, score }) => ({ name, score })),
    reportSha256: judgement.report.sha256,
  });
  return { detailType: 'DriftDetected.v1', detail, occurredAt };
}
