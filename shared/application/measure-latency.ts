import { LatencyBudgetBurning } from '../../events/contracts/latency-budget-burning.ts';
import { BURN_WINDOW_NAMES, BURN_WINDOWS, type BurnWindow } from '../domain/burn-rate.ts';
import type { Deployment, LiveDeployment } from '../domain/deployment.ts';
import { type LatencyReading, readLatency } from '../domain/latency-reading.ts';
import type { TimeWindow } from '../domain/monitor-window.ts';
import type { LatencyObjective } from '../domain/policy.ts';
import { watchedDimensions } from '../domain/watched-dimensions.ts';
import type { Documents } from '../ports/documents.ts';
import type { EndpointMetrics } from '../ports/endpoint-metrics.ts';
import type { BurnAlert, LatencyReadings } from '../ports/latency-readings.ts';
import type { MetricPoint, Metrics } from '../ports/metrics.ts';
import type { Runs } from '../ports/runs.ts';
import { readPolicy } from './read-run-documents.ts';

export type MeasureLatencyDeps = {
  runs: Pick<Runs, 'get'>;
  documents: Pick<Documents, 'read'>;
  endpointMetrics: Pick<EndpointMetrics, 'readTraffic' | 'readPercentiles'>;
  readings: LatencyReadings;
  metrics: Metrics;
  stage: { stage: string };
  now: () => string;
};

const MINUTE = 60;
const FIVE_MINUTES = 300;
const HOUR = 3_600;

/** SageMaker reports a minute when it is over, and CloudWatch knows of it soon after. */
const LAG_SECONDS = 2 * MINUTE;

/**
 * Reads how one environment's endpoint answered, keeps it, publishes it and tells of a budget that begins to burn. A repetition
 * publishes the same values again and tells nothing twice.
 */
export async function measureLatency(
  deployment: Deployment,
  deps: MeasureLatencyDeps,
): Promise<'measured' | 'not-watched'> {
  const { live, model, environment } = deployment;
  if (live === undefined) return 'not-watched';
  const policy = await readPolicy(deps.documents, await deps.runs.get(live.runId));
  const objective = policy.monitoring?.latency?.slo;
  if (objective === undefined) return 'not-watched';
  const now = deps.now();
  const [before] = await deps.readings.list(model, environment, 1);
  const reading = await readEndpoint({ ...deployment, live }, objective, before, now, deps);
  // Before it is recorded: who is cut off here finds the former reading again, and tells it then.
  await tellOfRecovery(before, reading, live.commit, deps);
  await deps.readings.record(reading);
  await deps.metrics.publish(pointsOf(deps.stage.stage, reading, now));
  for (const severity of ['page', 'ticket'] as const) {
    const lasting = reading[severity];
    if (lasting === undefined) continue;
    const alert: BurnAlert = { model, environment, severity, since: lasting.since, state: 'burning' };
    await deps.readings.tellOnce(alert, factOf(alert, reading, live.commit, lasting.since));
  }
  return 'measured';
}

/** Once neither a page nor a ticket is due any more. */
async function tellOfRecovery(
  before: LatencyReading | undefined,
  reading: LatencyReading,
  commit: string,
  { readings }: Pick<MeasureLatencyDeps, 'readings'>,
): Promise<void> {
  const [over] = (['page', 'ticket'] as const).flatMap((severity) => {
    const lasted = before?.[severity];
    return lasted === undefined ? [] : [{ severity, since: lasted.since }];
  });
  if (over === undefined || reading.page !== undefined || reading.ticket !== undefined) return;
  const { model, environment, readUpTo } = reading;
  const alert: BurnAlert = { model, environment, ...over, state: 'recovered' };
  await readings.tellOnce(alert, factOf(alert, reading, commit, readUpTo));
}

async function readEndpoint(
  { model, environment, endpointName, live }: LiveDeployment,
  objective: LatencyObjective,
  before: LatencyReading | undefined,
  now: string,
  { endpointMetrics }: MeasureLatencyDeps,
): Promise<LatencyReading> {
  const end = floorTo(Date.parse(now) / 1000 - LAG_SECONDS, MINUTE);
  const readUpTo = isoOf(end);
  // At the stroke of an hour, the hour that is over is read for the last time, and whole.
  const thisHour: TimeWindow = { from: isoOf(floorTo(end - MINUTE, HOUR)), to: readUpTo };
  const { withinMs } = objective;
  const read = (window: TimeWindow, periodSeconds: number) =>
    endpointMetrics.readTraffic({ endpointName, window, periodSeconds, withinMs });
  const last = (window: BurnWindow): TimeWindow => ({ from: isoOf(end - BURN_WINDOWS[window]), to: readUpTo });
  const [fine, coarse, hourly, percentiles] = await Promise.all([
    read(last('6h'), FIVE_MINUTES),
    read(last('3d'), HOUR),
    read(thisHour, MINUTE),
    endpointMetrics.readPercentiles(endpointName, thisHour),
  ]);
  const which = {
    model,
    environment,
    endpointName,
    runId: live.runId,
    version: live.version,
    hour: thisHour.from,
    readUpTo,
  };
  return readLatency(which, objective, { fine, coarse, hourly, percentiles }, before);
}

function pointsOf(stage: string, reading: LatencyReading, at: string): MetricPoint[] {
  const dimensions = watchedDimensions(stage, reading.model, reading.environment);
  const flag = (name: string, holds: boolean): MetricPoint => ({ name, value: holds ? 1 : 0, dimensions, at });
  const rates = (name: string, of: LatencyReading['burnRates']['latency']): MetricPoint[] =>
    BURN_WINDOW_NAMES.flatMap((window) => {
      const value = of[window];
      return value === undefined ? [] : [{ name, value, dimensions: { ...dimensions, Window: window }, at }];
    });
  return [
    ...rates('LatencyBurnRate', reading.burnRates.latency),
    ...rates('ErrorBurnRate', reading.burnRates.errors),
    flag('LatencyPage', reading.page !== undefined),
    flag('LatencyTicket', reading.ticket !== undefined),
    flag('ErrorPage', reading.errorPage !== undefined),
    flag('LatencyMonitorAlive', true),
  ];
}

function factOf({ severity, since, state }: BurnAlert, reading: LatencyReading, commit: string, occurredAt: string) {
  const detail: LatencyBudgetBurning = {
    runId: reading.runId,
    model: reading.model,
    commit,
    occurredAt,
    environment: reading.environment,
    endpointName: reading.endpointName,
    version: reading.version,
    severity,
    since,
    state,
    withinMs: reading.objective.withinMs,
    target: reading.objective.target,
    burnRates: reading.burnRates.latency,
    errorsAlone: reading.errorPage !== undefined,
  };
  return { detailType: 'LatencyBudgetBurning.v1', detail: LatencyBudgetBurning.parse(detail), occurredAt };
}

function floorTo(seconds: number, unit: number): number {
  return Math.floor(seconds / unit) * unit;
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
