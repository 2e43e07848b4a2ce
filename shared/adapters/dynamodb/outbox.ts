import * as z from 'zod';
import { ContractBroken, ServiceUnavailable } from '../../domain/faults.ts';
import type { Bus, Fact, Outbox } from '../../ports/bus.ts';
import { queryShards, shardOf } from './shards.ts';
import { type Key, openTable, type Table, type Values } from './table.ts';

const StoredFact = z.object({
  detailType: z.string(),
  detail: z.record(z.string(), z.unknown()),
  occurredAt: z.string(),
});
const OutboxKey = z.tuple([z.string(), z.string()]);

/** What one run of the relay takes on per shard. */
const FACTS_PER_SHARD = 50;

/** Attributes that keep an item in the outbox until its fact is published; they go into the write that stores the cause. */
export function outboxAttributes(key: Key, fact: Fact): Values {
  return {
    gsi1pk: shardOf('OUTBOX', key.pk),
    gsi1sk: `${fact.occurredAt}#${key.pk}#${key.sk}`,
    outbox: JSON.stringify(fact),
  };
}

async function takeOut(table: Table, key: Key): Promise<void> {
  await table.update(key, { update: 'REMOVE gsi1pk, gsi1sk, outbox', condition: 'attribute_exists(outbox)' });
}

/** Publishes a fact that was just stored. A bus that does not answer now gets it from the relay within a minute. */
export async function publishStored(table: Table, bus: Bus, key: Key, fact: Fact): Promise<void> {
  try {
    await bus.publish([fact]);
  } catch (error) {
    if (error instanceof ServiceUnavailable) return;
    throw error;
  }
  await takeOut(table, key);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function storedFactOf(item: Values): { key: string; fact: Fact | undefined } {
  return { key: JSON.stringify([item.pk, item.sk]), fact: StoredFact.safeParse(parseJson(String(item.outbox))).data };
}

export function dynamodbOutbox(environment: { table: string }): Outbox {
  const table = openTable(environment.table);
  return {
    async unpublished(before) {
      const items = await queryShards(table, 'OUTBOX', { before, limitPerShard: FACTS_PER_SHARD });
      const stored = items.map(storedFactOf);
      return {
        held: stored.flatMap(({ key, fact }) => (fact === undefined ? [] : [{ key, fact }])),
        damaged: stored.flatMap(({ key, fact }) => (fact === undefined ? [{ key }] : [])),
      };
    },
    async published(key) {
      const parsed = OutboxKey.safeParse(parseJson(key));
      if (!parsed.success)
        throw new ContractBroken('The key of a stored fact is wrong: pass on the key that `unpublished` gave.');
      const [pk, sk] = parsed.data;
      await takeOut(table, { pk, sk });
    },
  };
}
