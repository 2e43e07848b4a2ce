import * as z from 'zod';
import type { Deliveries, DeliveryRecord } from '../../ports/deliveries.ts';
import { outboxAttributes } from './outbox.ts';
import { entityOf } from './stored-entity.ts';
import { type Key, openTable } from './table.ts';

/** GitLab shows its own log of deliveries for two days; people ask about the last weeks. */
const KEPT_SECONDS = 30 * 24 * 3600;

const StoredDelivery = z.object({
  deliveryId: z.string(),
  receivedAt: z.string(),
  payloadSha256: z.string(),
  event: z.string(),
  ignored: z.string().optional(),
  fact: z
    .object({ detailType: z.string(), detail: z.record(z.string(), z.unknown()), occurredAt: z.string() })
    .optional(),
  conclusion: z.union([z.strictObject({ ignored: z.string() }), z.strictObject({ runId: z.string() })]).optional(),
});

const keyOf = (deliveryId: string): Key => ({ pk: `DELIVERY#${deliveryId}`, sk: 'DELIVERY' });

export function dynamodbDeliveries(environment: { table: string }): Deliveries {
  const table = openTable(environment.table);
  return {
    async keep(delivery) {
      const key = keyOf(delivery.deliveryId);
      const kept = await table.put(
        {
          ...key,
          entity: delivery,
          ttl: Math.floor(Date.parse(delivery.receivedAt) / 1000) + KEPT_SECONDS,
          ...(delivery.fact && outboxAttributes(key, delivery.fact)),
        },
        { expression: 'attribute_not_exists(pk)' },
      );
      return kept ? 'kept' : 'duplicate';
    },

    async published(deliveryId) {
      await table.update(keyOf(deliveryId), {
        update: 'REMOVE gsi1pk, gsi1sk, outbox',
        condition: 'attribute_exists(outbox)',
      });
    },

    async conclude(deliveryId, conclusion) {
      await table.update(keyOf(deliveryId), {
        update: 'SET #entity.#conclusion = :conclusion',
        condition: 'attribute_exists(pk) AND attribute_not_exists(#entity.#conclusion)',
        names: { '#entity': 'entity', '#conclusion': 'conclusion' },
        values: { ':conclusion': conclusion },
      });
    },

    async find(deliveryId) {
      const item = await table.get(keyOf(deliveryId));
      if (item === undefined) return undefined;
      const { ignored, fact, conclusion, ...delivery } = entityOf(StoredDelivery, item);
      const record: DeliveryRecord = delivery;
      return {
        ...record,
        ...(ignored !== undefined && { ignored }),
        ...(fact && { fact }),
        ...(conclusion && { conclusion }),
      };
    },
  };
}
