import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { MetricPoint, Metrics } from '../../ports/metrics.ts';
import { cloudwatchClient } from '../aws/cloudwatch-client.ts';
import { asFaults } from '../aws/translate-error.ts';

export const NAMESPACE = 'MLOps';

/** PutMetricData takes a thousand points and one megabyte; a point with three long dimensions is below one kilobyte. */
const POINTS_PER_CALL = 500;

export function cloudwatchMetrics(): Metrics {
  return {
    async publish(points) {
      for (let first = 0; first < points.length; first += POINTS_PER_CALL) {
        const MetricData = points.slice(first, first + POINTS_PER_CALL).map(datumOf);
        await asFaults('Publishing metrics', () =>
          cloudwatchClient().send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData })),
        );
      }
    },
  };
}

function datumOf({ name, value, unit, dimensions, at }: MetricPoint) {
  return {
    MetricName: name,
    Value: value,
    Unit: unit ?? 'None',
    Timestamp: new Date(at),
    Dimensions: dimensionsOf(dimensions),
  };
}

export function dimensionsOf(dimensions: Readonly<Record<string, string>>): { Name: string; Value: string }[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}
