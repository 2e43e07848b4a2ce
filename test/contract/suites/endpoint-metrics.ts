import { beforeAll, expect, it } from '@jest/globals';
import type { TrafficPeriod } from '../../../shared/domain/latency-traffic.ts';
import type { EndpointMetrics } from '../../../shared/ports/endpoint-metrics.ts';
import { traffic } from '../../unit/monitoring/traffic.ts';

export type PutMinutes = (endpointName: string, minutes: readonly TrafficPeriod[]) => Promise<void>;

const MINUTE = 60_000;

/** What every `EndpointMetrics` does. `put` makes CloudWatch know of traffic, of which the slow requests took 300 ms and others 40. */
export function endpointMetricsContract(make: () => Promise<{ metrics: EndpointMetrics; put: PutMinutes }>) {
  let metrics: EndpointMetrics;
  const endpointName = `mlops-test-${Date.now().toString(36)}`;
  // Ends at a whole minute, of no whole hour, some time ago.
  const end = Math.floor(Date.now() / MINUTE) * MINUTE - 7 * MINUTE;
  const at = (minutesBefore: number) => new Date(end - minutesBefore * MINUTE).toISOString();
  const window = { from: at(60), to: at(0) };

  beforeAll(async () => {
    const made = await make();
    metrics = made.metrics;
    await made.put(endpointName, [
      traffic(at(61), 50),
      traffic(at(60), 10, { slow: 1 }),
      traffic(at(58), 20, { slow: 4, serverErrors: 2, clientErrors: 3, modelErrors: 6 }),
      traffic(at(1), 30),
      traffic(at(0), 70, { slow: 70 }),
    ]);
  });

  it('counts the requests of a window, its end exclusive', async () => {
    expect(await metrics.countInvocations(endpointName, window)).toBe(60);
    expect(await metrics.countInvocations(endpointName, { from: at(61), to: at(-1) })).toBe(180);
  });

  it('knows of none where there were none', async () => {
    const quiet = { from: at(50), to: at(40) };
    expect(await metrics.countInvocations(endpointName, quiet)).toBeUndefined();
    expect(await metrics.countInvocations('mlops-test-nobody', window)).toBeUndefined();
    expect(await metrics.readTraffic({ endpointName, window: quiet, periodSeconds: 60, withinMs: 100 })).toEqual([]);
    expect(await metrics.readPercentiles('mlops-test-nobody', window)).toBeUndefined();
  });

  it('tells slow requests and failures apart, minute by minute', async () => {
    const periods = await metrics.readTraffic({ endpointName, window, periodSeconds: 60, withinMs: 100 });
    expect(periods).toEqual([
      traffic(at(60), 10, { slow: 1 }),
      traffic(at(58), 20, { slow: 4, serverErrors: 2, clientErrors: 3, modelErrors: 6 }),
      traffic(at(1), 30),
    ]);
  });

  it('adds minutes up to longer periods', async () => {
    const periods = await metrics.readTraffic({ endpointName, window, periodSeconds: 3_600, withinMs: 100 });
    const sum = (count: Exclude<keyof TrafficPeriod, 'start'>) =>
      periods.reduce((total, period) => total + period[count], 0);
    expect([sum('invocations'), sum('slow'), sum('serverErrors'), sum('modelErrors')]).toEqual([60, 5, 2, 6]);
  });
}
