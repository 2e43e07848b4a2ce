import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Configuration } from '../configuration.ts';

/** One invocation as its endpoint's metrics see it. Latencies are absent where the model gave no answer. */
export type Observation = {
  endpoint: string;
  variant: string;
  at: Date;
  /** HTTP status of the model's answer; absent when it gave none. */
  modelStatus: number | undefined;
  modelLatencyMicros: number | undefined;
  overheadLatencyMicros: number | undefined;
};

type Series = { metric: string; endpoint: string; variant: string; minute: number; counts: Map<number, number> };

const NAMESPACE = 'AWS/SageMaker';
const FLUSH_EVERY_MS = 2_000;
/** PutMetricData takes 150 values a metric and 1,000 metrics a call. */
const VALUES_PER_DATUM = 150;
const DATA_PER_CALL = 200;
/** What can't be published for so long is dropped: memory stays bounded when the local AWS is gone. */
const KEPT_MS = 3_600_000;
const SIGNIFICANT_DIGITS = 3;

/**
 * The metrics of endpoints in `AWS/SageMaker`, by EndpointName and VariantName, one timestamp a minute as the service has them.
 * Values are published with how often they were seen, so that percentiles and percentile ranks hold; latencies are rounded to
 * three digits, which keeps the distinct ones few. Recording only counts: nothing waits for CloudWatch.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoint-invocation
 */
export class InvocationMetrics {
  readonly #publish: (data: MetricDatum[]) => Promise<unknown>;
  readonly #log: (line: string) => void;
  readonly #now: () => Date;
  readonly #timer: NodeJS.Timeout;
  #series = new Map<string, Series>();
  #flushing: Promise<void> = Promise.resolve();
  #complained = false;

  constructor(publish: (data: MetricDatum[]) => Promise<unknown>, now: () => Date, log: (line: string) => void) {
    this.#publish = publish;
    this.#now = now;
    this.#log = log;
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  record(seen: Observation): void {
    const failed = seen.modelStatus === undefined || seen.modelStatus < 200 || seen.modelStatus >= 300;
    const status = seen.modelStatus ?? 500;
    this.#count(seen, 'Invocations', 1);
    this.#count(seen, 'Invocation4XXErrors', status >= 400 && status < 500 ? 1 : 0);
    this.#count(seen, 'Invocation5XXErrors', status >= 500 ? 1 : 0);
    this.#count(seen, 'InvocationModelErrors', failed ? 1 : 0);
    if (seen.modelLatencyMicros !== undefined) this.#count(seen, 'ModelLatency', rounded(seen.modelLatencyMicros));
    if (seen.overheadLatencyMicros !== undefined)
      this.#count(seen, 'OverheadLatency', rounded(seen.overheadLatencyMicros));
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

  #count({ endpoint, variant, at }: Observation, metric: string, value: number): void {
    const minute = Math.floor(at.getTime() / 60_000) * 60_000;
    this.#add({ metric, endpoint, variant, minute }, value, 1);
  }

  #add({ metric, endpoint, variant, minute }: Omit<Series, 'counts'>, value: number, count: number): void {
    const key = `${metric} ${endpoint} ${variant} ${minute}`;
    const series = this.#series.get(key) ?? { metric, endpoint, variant, minute, counts: new Map<number, number>() };
    series.counts.set(value, (series.counts.get(value) ?? 0) + count);
    this.#series.set(key, series);
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
    for (const series of part.filter(({ minute }) => minute > oldest))
      for (const [value, count] of series.counts) this.#add(series, value, count);
  }
}

/** Publishes to the CloudWatch of the local AWS. */
export function cloudwatchPublisher(configuration: Configuration): (data: MetricDatum[]) => Promise<unknown> {
  const client = new CloudWatchClient({
    endpoint: configuration.awsEndpoint,
    region: configuration.region,
    maxAttempts: 1,
    credentials: { accessKeyId: configuration.accessKeyId, secretAccessKey: configuration.secretAccessKey },
  });
  return (MetricData) => client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }));
}

function datumOf({ metric, endpoint, variant, minute, counts }: Series): MetricDatum {
  return {
    MetricName: metric,
    Dimensions: [
      { Name: 'EndpointName', Value: endpoint },
      { Name: 'VariantName', Value: variant },
    ],
    Timestamp: new Date(minute),
    Unit: metric.endsWith('Latency') ? 'Microseconds' : 'None',
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

/** At least 1 µs: nothing takes no time. */
const rounded = (micros: number): number => Math.max(1, Number(Math.round(micros).toPrecision(SIGNIFICANT_DIGITS)));
