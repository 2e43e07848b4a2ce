import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics();

/** Writes one line that CloudWatch counts (embedded metric format), under the stage's namespace. */
export function countMetric(name: string, dimensions: Record<string, string>): void {
  const metric = metrics.singleMetric();
  for (const [dimension, value] of Object.entries(dimensions)) metric.addDimension(dimension, value);
  metric.addMetric(name, MetricUnit.Count, 1);
}
