import type { MetricPoint, Metrics } from '../../shared/ports/metrics.ts';

export type FakeMetrics = Metrics & { points: MetricPoint[] };

export function fakeMetrics(): FakeMetrics {
  const points: MetricPoint[] = [];
  return {
    points,
    async publish(more) {
      points.push(...more);
    },
  };
}
