import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import { MetricBuffer, type Publish } from '../aws/metric-buffer.ts';

/** One invocation as its endpoint's metrics see it. Latencies are absent where the model gave no answer. */
export type Observation = {
  endpoint: string;
  variant: string;
  /** The config of the fleet that answered: during an update there are two. */
  config: string;
  /** Those that the variant has in service. */
  instances: number;
  at: Date;
  /** HTTP status of the model's answer; absent when it gave none. */
  modelStatus: number | undefined;
  modelLatencyMicros: number | undefined;
  overheadLatencyMicros: number | undefined;
};

const SIGNIFICANT_DIGITS = 3;
const MINUTE_MS = 60_000;

/**
 * The metrics of endpoints in `AWS/SageMaker`, one timestamp a minute as the service has them: by EndpointName and VariantName, and
 * once more by EndpointConfigName too, so that an alarm can watch the new fleet of an update alone. Latencies are rounded to three
 * digits, which keeps the distinct ones few.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoint-invocation
 * https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
 */
export class InvocationMetrics {
  readonly #buffer: MetricBuffer;

  constructor(publish: Publish, now: () => Date, log: (line: string) => void) {
    this.#buffer = new MetricBuffer(publish, now, log);
  }

  record(seen: Observation): void {
    const failed = seen.modelStatus === undefined || seen.modelStatus < 200 || seen.modelStatus >= 300;
    const status = seen.modelStatus ?? 500;
    const add = (metric: string, value: number, unit: StandardUnit = 'None') => this.#add(seen, metric, value, unit);
    add('Invocations', 1);
    add('InvocationsPerInstance', 1 / seen.instances);
    add('Invocation4XXErrors', status >= 400 && status < 500 ? 1 : 0);
    add('Invocation5XXErrors', status >= 500 ? 1 : 0);
    add('InvocationModelErrors', failed ? 1 : 0);
    if (seen.modelLatencyMicros !== undefined) add('ModelLatency', rounded(seen.modelLatencyMicros), 'Microseconds');
    if (seen.overheadLatencyMicros !== undefined)
      add('OverheadLatency', rounded(seen.overheadLatencyMicros), 'Microseconds');
  }

  flush(): Promise<void> {
    return this.#buffer.flush();
  }

  close(): Promise<void> {
    return this.#buffer.close();
  }

  #add({ endpoint, variant, config, at: time }: Observation, metric: string, value: number, unit: StandardUnit): void {
    const at = Math.floor(time.getTime() / MINUTE_MS) * MINUTE_MS;
    const ofVariant: [string, string][] = [
      ['EndpointName', endpoint],
      ['VariantName', variant],
    ];
    this.#buffer.add({ metric, unit, at, dimensions: ofVariant }, value);
    this.#buffer.add({ metric, unit, at, dimensions: [...ofVariant, ['EndpointConfigName', config]] }, value);
  }
}

/** At least 1 µs: nothing takes no time. */
const rounded = (micros: number): number => Math.max(1, Number(Math.round(micros).toPrecision(SIGNIFICANT_DIGITS)));
