import { LatencyReading } from '../../domain/latency-reading.ts';
import type { Bus } from '../../ports/bus.ts';
import type { LatencyReadings } from '../../ports/latency-readings.ts';
import { outboxAttributes, publishStored } from './outbox.ts';
import { entityOf } from './stored-entity.ts';
import { openTable } from './table.ts';

/** As long as the windows of drift: this time last year can be looked at. */
const KEPT_DAYS = 400;
const DAY_SECONDS = 86_400;

export function dynamodbLatencyReadings({ table: name, bus }: { table: string; bus: Bus }): LatencyReadings {
  const table = openTable(name);
  return {
    async record(reading) {
      const key = { pk: `MODEL#${reading.model}`, sk: `LATENCY#${reading.environment}#${reading.hour}` };
      await table.put(
        { ...key, readUpTo: reading.readUpTo, entity: reading, ttl: ttlFrom(reading.hour) },
        {
          expression: 'attribute_not_exists(pk) OR readUpTo <= :readUpTo',
          values: { ':readUpTo': reading.readUpTo },
        },
      );
    },

    async list(model, environment, limit) {
      const items = await table.queryPartition(`MODEL#${model}`, `LATENCY#${environment}#`, {
        newestFirst: true,
        limit,
      });
      return items.map((item) => entityOf(LatencyReading, item));
    },

    async tellOnce({ model, environment, severity, since, state }, fact) {
      const key = { pk: `MODEL#${model}`, sk: `BURN#${environment}#${severity}#${since}#${state}` };
      const isFirst = await table.put(
        { ...key, ttl: ttlFrom(since), ...outboxAttributes(key, fact) },
        { expression: 'attribute_not_exists(pk)' },
      );
      if (isFirst) await publishStored(table, bus, key, fact);
      return isFirst;
    },
  };
}

function ttlFrom(timestamp: string): number {
  return Math.ceil(Date.parse(timestamp) / 1000) + KEPT_DAYS * DAY_SECONDS;
}
