import { describe, expect, it } from '@jest/globals';
import { measureLatencyEverywhere } from '../../../functions/monitoring/measure-latency.ts';
import { ServiceUnavailable } from '../../../shared/domain/faults.ts';
import { NOON } from '../../fakes/sample-records.ts';
import { DRIFT, monitoringWorld, policyWith } from './monitoring-world.ts';
import { traffic, until } from './traffic.ts';

/** Requests of the last hours up to noon, some of them slow. */
async function trafficWith(slow: number, minutes = 90) {
  const world = await monitoringWorld();
  const all = until(NOON, 60, minutes, (start) => traffic(start, 20, { slow }));
  world.deps.endpointMetrics.minutes.set(world.endpointName, all);
  return world;
}

const valuesOf = ({ points }: { points: { name: string; value: number; dimensions: object }[] }, name: string) =>
  points.filter((point) => point.name === name).map(({ value }) => value);

describe('measuring latency', () => {
  it('keeps a row for the hour and publishes what alarms look at', async () => {
    const { deps, bus } = await trafficWith(0);
    await measureLatencyEverywhere(deps);
    const [reading, ...others] = await deps.readings.list('flight-delays', 'prod', 10);
    expect(others).toEqual([]);
    expect(reading).toMatchObject({
      hour: '2026-11-23T11:00:00.000Z',
      readUpTo: '2026-11-23T11:58:00.000Z',
      version: 7,
      invocations: 58 * 20,
      goodShare: 1,
    });
    const dimensions = { Stage: 'test', Model: 'flight-delays', Environment: 'prod' };
    expect(deps.metrics.points).toContainEqual({ name: 'LatencyMonitorAlive', value: 1, dimensions, at: NOON });
    expect(deps.metrics.points).toContainEqual({
      name: 'LatencyBurnRate',
      value: 0,
      dimensions: { ...dimensions, Window: '1h' },
      at: NOON,
    });
    for (const name of ['LatencyPage', 'LatencyTicket', 'ErrorPage']) expect(valuesOf(deps.metrics, name)).toEqual([0]);
    expect(bus.facts).toEqual([]);
  });

  it('replaces the row of an hour by a later reading, and begins another with the next hour', async () => {
    const { deps, clock } = await trafficWith(0);
    for (const time of ['11:40', '11:45', '12:00', '12:02', '12:03']) {
      clock.now = `2026-11-23T${time}:00.000Z`;
      await measureLatencyEverywhere(deps);
    }
    const readings = await deps.readings.list('flight-delays', 'prod', 10);
    expect(readings.map(({ hour, readUpTo }) => [hour.slice(11, 16), readUpTo.slice(11, 16)])).toEqual([
      ['12:00', '12:01'],
      ['11:00', '12:00'],
    ]);
  });

  it('tells once when the budget begins to burn, however long it does', async () => {
    const { deps, bus, clock } = await trafficWith(4);
    for (const time of ['12:00', '12:01', '12:02']) {
      clock.now = `2026-11-23T${time}:00.000Z`;
      await measureLatencyEverywhere(deps);
    }
    expect(valuesOf(deps.metrics, 'LatencyPage')).toEqual([1, 1, 1]);
    expect(bus.facts.map(({ detailType, detail }) => [detailType, detail.severity, detail.since])).toEqual([
      ['LatencyBudgetBurning.v1', 'page', '2026-11-23T11:58:00.000Z'],
      ['LatencyBudgetBurning.v1', 'ticket', '2026-11-23T11:58:00.000Z'],
    ]);
    expect(bus.facts[0]?.detail).toMatchObject({
      model: 'flight-delays',
      environment: 'prod',
      version: 7,
      errorsAlone: false,
    });
  });

  it('tells again when it burns a second time', async () => {
    const { deps, bus, clock, endpointName } = await trafficWith(4);
    await measureLatencyEverywhere(deps);
    const calm = until('2026-11-24T12:00:00.000Z', 60, 1_400, (start) => traffic(start, 20));
    deps.endpointMetrics.minutes.set(endpointName, calm);
    clock.now = '2026-11-24T12:00:00.000Z';
    await measureLatencyEverywhere(deps);
    const worse = until('2026-11-24T13:30:00.000Z', 60, 80, (start) => traffic(start, 20, { slow: 10 }));
    deps.endpointMetrics.minutes.set(endpointName, worse);
    clock.now = '2026-11-24T13:30:00.000Z';
    await measureLatencyEverywhere(deps);
    const pages = bus.facts.filter(({ detail }) => detail.severity === 'page' && detail.state === 'burning');
    expect(pages.map(({ detail }) => detail.since)).toEqual(['2026-11-23T11:58:00.000Z', '2026-11-24T13:28:00.000Z']);
  });

  it('tells once that neither a page nor a ticket is due any more', async () => {
    const { deps, bus, clock, endpointName } = await trafficWith(4);
    await measureLatencyEverywhere(deps);
    const calm = until('2026-11-27T12:00:00.000Z', 60, 1_400, (start) => traffic(start, 20));
    deps.endpointMetrics.minutes.set(endpointName, calm);
    for (const time of ['12:00', '12:05']) {
      clock.now = `2026-11-27T${time}:00.000Z`;
      await measureLatencyEverywhere(deps);
    }
    const over = bus.facts.filter(({ detail }) => detail.state === 'recovered');
    expect(over.map(({ detail, occurredAt }) => [detail.severity, detail.since, occurredAt])).toEqual([
      ['page', '2026-11-23T11:58:00.000Z', '2026-11-27T11:58:00.000Z'],
    ]);
  });

  it('leaves alone what has no objective, and what is not live', async () => {
    const { deps, live } = await monitoringWorld();
    await live(7, policyWith(DRIFT));
    deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: 'mlops-test-flight-delays-dev' });
    await measureLatencyEverywhere(deps);
    expect(deps.metrics.points).toEqual([]);
  });

  it('measures the others when one can not be measured, and then fails', async () => {
    const { deps, endpointName } = await trafficWith(0);
    const dev = { ...deps, endpointMetrics: { ...deps.endpointMetrics } };
    const { live } = await deps.deployments.find('flight-delays', 'prod').then((found) => ({ live: found?.live }));
    if (live) deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: 'broken', live });
    dev.endpointMetrics.readTraffic = async (question) => {
      if (question.endpointName !== endpointName) throw new ServiceUnavailable('CloudWatch is away.');
      return deps.endpointMetrics.readTraffic(question);
    };
    await expect(measureLatencyEverywhere(dev)).rejects.toThrow(ServiceUnavailable);
    expect(valuesOf(deps.metrics, 'LatencyMonitorAlive')).toEqual([1]);
  });
});
