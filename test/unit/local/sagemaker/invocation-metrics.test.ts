import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvocationMetrics, type Observation } from '../../../../local/sagemaker/serving/invocation-metrics.ts';

const at = new Date('2026-11-23T16:00:31Z');
const answered: Observation = {
  endpoint: 'flights-prod',
  variant: 'main',
  config: 'flights-2',
  instances: 2,
  at,
  modelStatus: 200,
  modelLatencyMicros: 2_103.6,
  overheadLatencyMicros: 0.2,
};

describe("the metrics of an endpoint's invocations", () => {
  let published: MetricDatum[] = [];
  let calls = 0;
  let fails = false;
  let now = at;
  let metrics: InvocationMetrics;
  const values = (name: string, dimensions = 2) =>
    published
      .filter(({ MetricName, Dimensions }) => MetricName === name && Dimensions?.length === dimensions)
      .flatMap(({ Values = [], Counts = [] }) => Values.map((value, index) => [value, Counts[index]]));

  beforeEach(() => {
    published = [];
    calls = 0;
    fails = false;
    now = at;
    metrics = new InvocationMetrics(
      async (data) => {
        if (fails) throw new Error('the local AWS is away');
        calls += 1;
        published.push(...data);
      },
      () => now,
      () => {},
    );
  });
  afterEach(() => metrics.close());

  it('are values and how often they were seen, once a minute, by endpoint and variant', async () => {
    for (let count = 0; count < 3; count += 1) metrics.record(answered);
    await metrics.flush();
    expect(calls).toBe(1);
    expect(published.find(({ MetricName }) => MetricName === 'ModelLatency')).toEqual({
      MetricName: 'ModelLatency',
      Dimensions: [
        { Name: 'EndpointName', Value: 'flights-prod' },
        { Name: 'VariantName', Value: 'main' },
      ],
      Timestamp: new Date('2026-11-23T16:00:00Z'),
      Unit: 'Microseconds',
      Values: [2100],
      Counts: [3],
    });
    expect(values('Invocations')).toEqual([[1, 3]]);
    expect(values('OverheadLatency')).toEqual([[1, 3]]);
    expect(values('InvocationModelErrors')).toEqual([[0, 3]]);
  });

  it('are there once more for the config of the fleet that answered', async () => {
    metrics.record(answered);
    metrics.record({ ...answered, config: 'flights-1' });
    await metrics.flush();
    expect(values('Invocations')).toEqual([[1, 2]]);
    expect(values('Invocations', 3)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(published.flatMap(({ Dimensions = [] }) => Dimensions[2] ?? [])).toContainEqual({
      Name: 'EndpointConfigName',
      Value: 'flights-1',
    });
    expect(values('InvocationsPerInstance')).toEqual([[0.5, 2]]);
  });

  it.each([
    ['an answer 400', { modelStatus: 400 }, [1, 0, 1]],
    ['an answer 503', { modelStatus: 503 }, [0, 1, 1]],
    ['no answer', { modelStatus: undefined, modelLatencyMicros: undefined }, [0, 1, 1]],
  ])('tell of %s whose error it was', async (_what, seen, [clientError, serverError, modelError]) => {
    metrics.record({ ...answered, ...seen });
    await metrics.flush();
    expect(values('Invocation4XXErrors')).toEqual([[clientError, 1]]);
    expect(values('Invocation5XXErrors')).toEqual([[serverError, 1]]);
    expect(values('InvocationModelErrors')).toEqual([[modelError, 1]]);
    expect(values('ModelLatency')).toHaveLength(seen.modelStatus === undefined ? 0 : 1);
  });

  it('hold at most 150 values each, as PutMetricData takes them', async () => {
    for (let micros = 100; micros < 500; micros += 1) metrics.record({ ...answered, modelLatencyMicros: micros });
    await metrics.flush();
    const latencies = published.filter(
      ({ MetricName, Dimensions }) => MetricName === 'ModelLatency' && Dimensions?.length === 2,
    );
    expect(latencies.map(({ Values }) => Values?.length)).toEqual([150, 150, 100]);
  });

  it('wait when the local AWS is away, up to an hour', async () => {
    fails = true;
    metrics.record(answered);
    await metrics.flush();
    metrics.record(answered);
    fails = false;
    await metrics.flush();
    expect(values('Invocations')).toEqual([[1, 2]]);

    fails = true;
    metrics.record(answered);
    now = new Date(at.getTime() + 2 * 3_600_000);
    await metrics.flush();
    fails = false;
    published = [];
    await metrics.flush();
    expect(published).toEqual([]);
  });
});
