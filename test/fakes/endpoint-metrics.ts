import type { Percentiles, TrafficPeriod } from '../../shared/domain/latency-traffic.ts';
import type { TimeWindow } from '../../shared/domain/monitor-window.ts';
import type { EndpointMetrics } from '../../shared/ports/endpoint-metrics.ts';

export type FakeEndpointMetrics = EndpointMetrics & {
  /** Minutes of traffic per endpoint; longer periods are their sums. */
  minutes: Map<string, TrafficPeriod[]>;
  percentiles: Map<string, Percentiles>;
};

const COUNTS = ['invocations', 'measured', 'slow', 'clientErrors', 'serverErrors', 'modelErrors'] as const;

export function fakeEndpointMetrics(): FakeEndpointMetrics {
  const minutes: FakeEndpointMetrics['minutes'] = new Map();
  const percentiles: FakeEndpointMetrics['percentiles'] = new Map();
  const within = (endpointName: string, { from, to }: TimeWindow) =>
    (minutes.get(endpointName) ?? []).filter(({ start }) => start >= from && start < to);
  return {
    minutes,
    percentiles,
    async countInvocations(endpointName, window) {
      const found = within(endpointName, window);
      return found.length === 0 ? undefined : found.reduce((sum, { invocations }) => sum + invocations, 0);
    },
    async readTraffic({ endpointName, window, periodSeconds }) {
      const periods = new Map<string, TrafficPeriod>();
      for (const minute of within(endpointName, window)) {
        const startMs = Math.floor(Date.parse(minute.start) / (periodSeconds * 1000)) * periodSeconds * 1000;
        const start = new Date(startMs).toISOString();
        const sum = { ...(periods.get(start) ?? { ...minute, ...nothing() }), start };
        for (const count of COUNTS) sum[count] += minute[count];
        periods.set(start, sum);
      }
      return [...periods.values()].sort((a, b) => (a.start < b.start ? -1 : 1));
    },
    async readPercentiles(endpointName, window) {
      return within(endpointName, window).length === 0 ? undefined : percentiles.get(endpointName);
    },
  };
}

function nothing() {
  return { invocations: 0, measured: 0, slow: 0, clientErrors: 0, serverErrors: 0, modelErrors: 0 };
}
