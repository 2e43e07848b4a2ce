import type { LatencyReading } from '../../shared/domain/latency-reading.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { LatencyReadings } from '../../shared/ports/latency-readings.ts';
import { fakeBus } from './bus.ts';

export function fakeLatencyReadings(bus: Bus = fakeBus()): LatencyReadings {
  const rows = new Map<string, LatencyReading>();
  const told = new Set<string>();
  return {
    async record(reading) {
      const key = `${reading.model}#${reading.environment}#${reading.hour}`;
      const stands = rows.get(key);
      if (stands === undefined || stands.readUpTo <= reading.readUpTo) rows.set(key, structuredClone(reading));
    },
    async list(model, environment, limit) {
      return [...rows.values()]
        .filter((row) => row.model === model && row.environment === environment)
        .sort((a, b) => (a.hour < b.hour ? 1 : -1))
        .slice(0, limit)
        .map((row) => structuredClone(row));
    },
    async tellOnce({ model, environment, severity, since, state }, fact) {
      const key = `${model}#${environment}#${severity}#${since}#${state}`;
      if (told.has(key)) return false;
      told.add(key);
      await bus.publish([fact]);
      return true;
    },
  };
}
