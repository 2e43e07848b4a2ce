import {
  CloudWatchClient,
  type MetricDatum,
  PutMetricDataCommand,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import type { Configuration } from '../configuration.ts';

/** One metric with its dimensions, at one time. */
export type MetricPoint = {
  metric: string;
  unit: StandardUnit;
  dimensions: [name: string, value: string][];
  at: number;
};
type Series = MetricPoint & { counts: Map<number, number> };

const FLUSH_EVERY_MS = 2_000;
/** PutMetricData takes 150 values a metric and 1,000 metrics a call. */
const VALUES_PER_DATUM = 150;
const DATA_PER_CALL = 200;
/** What can't be published for so long is dropped: memory stays bounded when the local AWS is gone. */
const KEPT_MS = 3_600_000;

export type Publish = (data: MetricDatum[]) => Promise<unknown>;

/**
 * Metrics on their way to CloudWatch: values with how often they were seen, so that percentiles and percentile ranks hold.
 * Recording only counts: nothing waits for CloudWatch.
 */
export class MetricBuffer {
  readonly #publish: Publish;
  readonly #log: (line: string) => void;
  readonly #now: () => Date;
  readonly #timer: NodeJS.Timeout;
  #series = new Map<string, Series>();
  #flushing: Promise<void> = Promise.resolve();
  #complained = false;

  constructor(publish: Publish, now: () => Date, log: (line: string) => void) {
    this.#publish = publish;
    this.#now = now;
    this.#log = log;
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  add(point: MetricPoint, value: number, count = 1): void {
    const key = `${point.metric} ${point.at} ${point.dimensions.map(([, of]) => of).join(' ')}`;
    const series = this.#series.get(key) ?? { ...point, counts: new Map<number, number>() };
    series.counts.set(value, (series.counts.get(value) ?? 0) + count);
    this.#series.set(key, series);
  }

  /** Resolves when all that was recorded so far is published, or has to wait for the next time. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#send());
    return this.#flushing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #send(): Promise<void> {
    const taken = [...this.#series.values()];
    this.#series = new Map();
    for (const part of inParts(taken.flatMap(splitByValues), DATA_PER_CALL)) {
      try {
        await this.#publish(part.map(datumOf));
        this.#complained = false;
      } catch (error) {
        this.#keep(part);
        if (!this.#complained) this.#log(`Metrics of endpoints could not be published yet: ${String(error)}`);
        this.#complained = true;
      }
    }
  }

  #keep(part: Series[]): void {
    const oldest = this.#now().getTime() - KEPT_MS;
    for (const series of part.filter(({ at }) => at > oldest))
      for (const [value, count] of series.counts) this.add(series, value, count);
  }
}

/** Publishes to a namespace of the local AWS. */
export function cloudwatchPublisher(configuration: Configuration): (namespace: string) => Publish {
  const client = new CloudWatchClient({
    endpoint: configuration.awsEndpoint,
    region: configuration.region,
    maxAttempts: 1,
    credentials: { accessKeyId: configuration.accessKeyId, secretAccessKey: configuration.secretAccessKey },
  });
  return (Namespace) => (MetricData) => client.send(new PutMetricDataCommand({ Namespace, MetricData }));
}

function datumOf({ metric, unit, dimensions, at, counts }: Series): MetricDatum {
  return {
    MetricName: metric,
    Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
    Timestamp: new Date(at),
    Unit: unit,
    Values: [...counts.keys()],
    Counts: [...counts.values()],
  };
}

function splitByValues(series: Series): Series[] {
  return inParts([...series.counts], VALUES_PER_DATUM).map((counts) => ({ ...series, counts: new Map(counts) }));
}

function inParts<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
}
