import { describe, expect, it } from '@jest/globals';
import { LatencyReading, type MeasuredTraffic, readLatency } from '../../../shared/domain/latency-reading.ts';
import { LatencyObjective } from '../../../shared/domain/policy.ts';
import { traffic, until } from './traffic.ts';

const END = '2026-11-23T12:30:00.000Z';
const objective = LatencyObjective.parse({ withinMs: 100, target: 0.99 });
const which = {
  model: 'flight-delays',
  environment: 'prod',
  endpointName: 'mlops-test-flight-delays-prod',
  runId: 'a'.repeat(20),
  version: 7,
  hour: '2026-11-23T12:00:00.000Z',
  readUpTo: END,
};

/** `slow` of a hundred requests in every five minutes, for as long as anybody looks back. */
function steady(slow: number): MeasuredTraffic {
  const per = (requests: number) => (start: string) => traffic(start, requests, { slow: (slow * requests) / 100 });
  return {
    fine: until(END, 300, 72, per(100)),
    coarse: until(END, 3_600, 72, per(1_200)),
    hourly: until(END, 60, 30, per(20)),
  };
}

const read = (measured: MeasuredTraffic, before?: LatencyReading) => readLatency(which, objective, measured, before);

describe('a reading of latency', () => {
  it('says what the hour was like, and how fast the budget goes', () => {
    const reading = read(steady(5));
    expect(LatencyReading.parse(reading)).toEqual(reading);
    expect(reading).toMatchObject({ invocations: 600, failures: 0, slow: 30, goodShare: 0.95 });
    for (const rate of Object.values(reading.burnRates.latency)) expect(rate).toBeCloseTo(5, 9);
    expect(Object.keys(reading.burnRates.latency)).toEqual(['5m', '30m', '1h', '2h', '6h', '1d', '3d']);
    expect(reading.burnRates.errors['5m']).toBe(0);
    expect(reading).not.toHaveProperty('page');
    expect(reading.ticket).toEqual({ since: END });
  });

  it('pages, and remembers since when', () => {
    const first = read(steady(15));
    expect(first.page).toEqual({ since: END });
    const earlier = { ...first, page: { since: '2026-11-23T12:25:00.000Z' } };
    expect(read(steady(15), earlier).page).toEqual({ since: '2026-11-23T12:25:00.000Z' });
    expect(read(steady(0), earlier)).not.toHaveProperty('page');
  });

  it('tells errors from slowness', () => {
    const failing = until(END, 300, 72, (start) => traffic(start, 100, { serverErrors: 20, modelErrors: 20 }));
    const coarse = until(END, 3_600, 72, (start) => traffic(start, 1_200, { serverErrors: 240, modelErrors: 240 }));
    const reading = read({ fine: failing, coarse, hourly: [] });
    expect(reading.errorPage).toBeDefined();
    expect(read(steady(20)).errorPage).toBeUndefined();
  });

  it('has nothing to say where nobody asks, and alarms nobody', () => {
    const reading = read({ fine: [], coarse: [], hourly: [] });
    expect(reading).toMatchObject({ invocations: 0, burnRates: { latency: {}, errors: {} } });
    for (const absent of ['goodShare', 'page', 'ticket', 'modelMicros']) expect(reading).not.toHaveProperty(absent);
  });

  it.each([
    [19, undefined],
    [20, { p50: 1 }],
    [100, { p50: 1, p90: 2 }],
    [999, { p50: 1, p90: 2 }],
    [1_000, { p50: 1, p90: 2, p99: 3 }],
  ])('tells of %d measured requests the percentiles %j', (measured, expected) => {
    const quantiles = { p50: 1, p90: 2, p99: 3 };
    const reading = read({
      ...steady(0),
      percentiles: { measured, modelMicros: quantiles, overheadMicros: quantiles },
    });
    expect(reading.modelMicros).toEqual(expected);
    expect(reading.overheadMicros).toEqual(expected);
  });
});
