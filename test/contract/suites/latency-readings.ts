import { beforeEach, expect, it } from '@jest/globals';
import type { LatencyReading } from '../../../shared/domain/latency-reading.ts';
import type { LatencyReadings } from '../../../shared/ports/latency-readings.ts';
import type { FakeBus } from '../../fakes/bus.ts';
import { anyModel } from './any-names.ts';

/** What every `LatencyReadings` does. */
export function latencyReadingsContract(make: () => Promise<{ readings: LatencyReadings; bus: FakeBus }>) {
  let readings: LatencyReadings;
  let bus: FakeBus;
  let model: string;

  beforeEach(async () => {
    ({ readings, bus } = await make());
    model = anyModel();
  });

  const reading = (time: string, changes: Partial<LatencyReading> = {}): LatencyReading => ({
    model,
    environment: 'prod',
    endpointName: `mlops-test-${model}-prod`,
    runId: 'a'.repeat(20),
    version: 7,
    hour: `2026-11-23T${time.slice(0, 2)}:00:00.000Z`,
    readUpTo: `2026-11-23T${time}:00.000Z`,
    objective: { withinMs: 100, target: 0.99 },
    invocations: 1_200,
    failures: 0,
    slow: 12,
    refused: 0,
    goodShare: 0.99,
    modelMicros: { p50: 41_000, p90: 62_000 },
    burnRates: { latency: { '5m': 0.4, '1h': 1 }, errors: {} },
    ...changes,
  });

  it('keeps one reading an hour, the newest first, by environment', async () => {
    for (const time of ['10:30', '11:30', '12:30']) await readings.record(reading(time));
    await readings.record(reading('13:30', { environment: 'prod2' }));
    expect(await readings.list(model, 'prod', 10)).toEqual(['12:30', '11:30', '10:30'].map((time) => reading(time)));
    expect(await readings.list(model, 'prod', 2)).toHaveLength(2);
    expect(await readings.list(model, 'dev', 2)).toEqual([]);
  });

  it('lets the latest reading of an hour stand, whichever comes last', async () => {
    await readings.record(reading('10:40', { invocations: 40 }));
    await readings.record(reading('10:35', { invocations: 35 }));
    expect(await readings.list(model, 'prod', 1)).toMatchObject([{ invocations: 40 }]);
    await readings.record(reading('10:45', { invocations: 45 }));
    await readings.record(reading('10:45', { invocations: 46 }));
    expect(await readings.list(model, 'prod', 1)).toMatchObject([{ invocations: 46 }]);
  });

  it('tells of each beginning and each end once, of a page and of a ticket on their own', async () => {
    const since = '2026-11-23T10:40:00.000Z';
    const tell = (severity: 'page' | 'ticket', at = since, state: 'burning' | 'recovered' = 'burning') =>
      readings.tellOnce(
        { model, environment: 'prod', severity, since: at, state },
        { detailType: 'LatencyBudgetBurning.v1', detail: { model, severity }, occurredAt: at },
      );
    expect([await tell('page'), await tell('page'), await tell('ticket')]).toEqual([true, false, true]);
    expect(await tell('page', '2026-11-23T11:40:00.000Z')).toBe(true);
    expect([await tell('page', since, 'recovered'), await tell('page', since, 'recovered')]).toEqual([true, false]);
    expect(bus.facts.map(({ detail }) => detail.severity)).toEqual(['page', 'ticket', 'page', 'page']);
  });
}
