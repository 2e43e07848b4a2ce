import { VARIANT } from '../../domain/capture-place.ts';
import type { LatencyQuantiles } from '../../domain/latency-traffic.ts';
import type { TimeWindow } from '../../domain/monitor-window.ts';
import type { EndpointMetrics } from '../../ports/endpoint-metrics.ts';
import { readSeries } from './read-series.ts';

const NAMESPACE = 'AWS/SageMaker';

/** SageMaker reports by the minute, and CloudWatch keeps minutes for 15 days. */
const MINUTE_SECONDS = 60;

/** SageMaker measures in microseconds. */
const MICROS_PER_MS = 1000;

export function cloudwatchEndpointMetrics(): EndpointMetrics {
  return {
    async countInvocations(endpointName, window) {
      const minutes = await readSeries({
        ...placeOf(endpointName),
        window: wholeMinutes(window),
        periodSeconds: MINUTE_SECONDS,
        series: { invocations: { metric: 'Invocations', statistic: 'Sum' } },
      });
      if (minutes.size === 0) return undefined;
      return [...minutes.values()].reduce((sum, { invocations = 0 }) => sum + invocations, 0);
    },

    async readTraffic({ endpointName, window, periodSeconds, withinMs }) {
      const periods = await readSeries({
        ...placeOf(endpointName),
        window: wholeMinutes(window),
        periodSeconds,
        series: {
          invocations: { metric: 'Invocations', statistic: 'Sum' },
          measured: { metric: 'ModelLatency', statistic: 'SampleCount' },
          percentWithin: { metric: 'ModelLatency', statistic: `PR(0:${withinMs * MICROS_PER_MS})` },
          clientErrors: { metric: 'Invocation4XXErrors', statistic: 'Sum' },
          serverErrors: { metric: 'Invocation5XXErrors', statistic: 'Sum' },
          modelErrors: { metric: 'InvocationModelErrors', statistic: 'Sum' },
        },
      });
      return [...periods].map(([start, { percentWithin = 100, measured = 0, ...counts }]) => ({
        invocations: 0,
        clientErrors: 0,
        serverErrors: 0,
        modelErrors: 0,
        ...counts,
        start,
        measured,
        // A count again, so that periods add up; CloudWatch rounds the share.
        slow: Math.round(measured * (1 - percentWithin / 100)),
      }));
    },

    async readPercentiles(endpointName, window) {
      const whole = wholeMinutes(window);
      const periods = await readSeries({
        ...placeOf(endpointName),
        window: whole,
        periodSeconds: (Date.parse(whole.to) - Date.parse(whole.from)) / 1000,
        series: {
          measured: { metric: 'ModelLatency', statistic: 'SampleCount' },
          modelP50: { metric: 'ModelLatency', statistic: 'p50' },
          modelP90: { metric: 'ModelLatency', statistic: 'p90' },
          modelP99: { metric: 'ModelLatency', statistic: 'p99' },
          overheadP50: { metric: 'OverheadLatency', statistic: 'p50' },
          overheadP90: { metric: 'OverheadLatency', statistic: 'p90' },
          overheadP99: { metric: 'OverheadLatency', statistic: 'p99' },
        },
      });
      const [period] = periods.values();
      const modelMicros = quantilesOf(period?.modelP50, period?.modelP90, period?.modelP99);
      if (period?.measured === undefined || modelMicros === undefined) return undefined;
      const overheadMicros = quantilesOf(period.overheadP50, period.overheadP90, period.overheadP99);
      return { measured: period.measured, modelMicros, ...(overheadMicros && { overheadMicros }) };
    },
  };
}

function placeOf(endpointName: string) {
  return { namespace: NAMESPACE, dimensions: { EndpointName: endpointName, VariantName: VARIANT } };
}

function wholeMinutes({ from, to }: TimeWindow): TimeWindow {
  return { from: wholeMinute(from), to: wholeMinute(to) };
}

function wholeMinute(instant: string): string {
  const minute = MINUTE_SECONDS * 1000;
  return new Date(Math.floor(Date.parse(instant) / minute) * minute).toISOString();
}

function quantilesOf(p50?: number, p90?: number, p99?: number): LatencyQuantiles | undefined {
  return p50 === undefined || p90 === undefined || p99 === undefined ? undefined : { p50, p90, p99 };
}
