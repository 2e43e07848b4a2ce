import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { TimeWindow } from '../../domain/monitor-window.ts';
import { cloudwatchClient } from '../aws/cloudwatch-client.ts';
import { asFaults } from '../aws/translate-error.ts';
import { dimensionsOf } from './metrics.ts';

/** One statistic of one metric of AWS; `statistic` as CloudWatch writes it: `Sum`, `p99`, `PR(0:100000)`. */
export type Series = { metric: string; statistic: string };

type Wanted<Name extends string> = {
  namespace: string;
  dimensions: Readonly<Record<string, string>>;
  window: TimeWindow;
  periodSeconds: number;
  series: Readonly<Record<Name, Series>>;
};

/** By the start of their period, as ISO 8601; a period without data is missing. */
export type Values<Name extends string> = Map<string, Partial<Record<Name, number>>>;

/** Reads several series of the same dimensions in one request, oldest period first. */
export async function readSeries<Name extends string>(wanted: Wanted<Name>): Promise<Values<Name>> {
  // The ids of queries are lower-case letters and digits.
  const names = Object.keys(wanted.series) as Name[];
  const queries = names.map((name, index) => queryOf(`q${index}`, wanted.series[name], wanted));
  const values: Values<Name> = new Map();
  let NextToken: string | undefined;
  do {
    const page = await asFaults('Reading metrics', () =>
      cloudwatchClient().send(
        new GetMetricDataCommand({
          MetricDataQueries: queries,
          StartTime: new Date(wanted.window.from),
          EndTime: new Date(wanted.window.to),
          ScanBy: 'TimestampAscending',
          ...(NextToken !== undefined && { NextToken }),
        }),
      ),
    );
    for (const { Id, Timestamps = [], Values: found = [] } of page.MetricDataResults ?? []) {
      const name = names[Number(Id?.slice(1))];
      if (name === undefined) continue;
      for (const [index, timestamp] of Timestamps.entries()) {
        const value = found[index];
        if (value === undefined) continue;
        const start = timestamp.toISOString();
        values.set(start, { ...values.get(start), [name]: value });
      }
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function queryOf(
  Id: string,
  { metric, statistic }: Series,
  { namespace, dimensions, periodSeconds }: Wanted<string>,
): MetricDataQuery {
  return {
    Id,
    MetricStat: {
      Metric: { Namespace: namespace, MetricName: metric, Dimensions: dimensionsOf(dimensions) },
      Period: periodSeconds,
      Stat: statistic,
    },
  };
}
