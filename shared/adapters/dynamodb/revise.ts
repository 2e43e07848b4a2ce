import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { WriteConflict } from '../../domain/faults.ts';
import { entityOf } from './stored-entity.ts';
import type { Item, Key, Table, Values } from './table.ts';

const MAX_TRIES = 12;
const BASE_PAUSE_MS = 10;

/** Attributes beside the entity: index keys while the item is to be found in a list, `ttl` when it may go. */
type Attributes = { gsi1pk?: string; gsi1sk?: string; ttl?: number };

/** The item as it was last seen; `undefined` where there was none. */
export type Seen = { stored: Values | undefined };

/**
 * Changes one entity by a pure function: read, change, write if nobody wrote meanwhile, else again. `change` may throw to refuse, and
 * leaves everything as it is by returning what it was given.
 *
 * @throws WriteConflict when others were faster every time
 */
export async function revise<Schema extends z.ZodType, Next extends z.output<Schema>>(
  table: Table,
  key: Key,
  schema: Schema,
  change: (current: z.output<Schema> | undefined) => Next,
  attributesOf: (entity: Next) => Attributes = () => ({}),
): Promise<Next> {
  return (await reviseSeen(table, key, schema, change, attributesOf)).entity;
}

/**
 * The same from what was `seen` before instead of a first reading: what is old is noticed by the write, so `change` must change what
 * it is given then. Also answers how the item stands now, to go on from there.
 */
export async function reviseSeen<Schema extends z.ZodType, Next extends z.output<Schema>>(
  table: Table,
  key: Key,
  schema: Schema,
  change: (current: z.output<Schema> | undefined) => Next,
  attributesOf: (entity: Next) => Attributes,
  seen?: Seen,
): Promise<{ entity: Next; stands: Seen }> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const { stored } = (tries === 0 ? seen : undefined) ?? { stored: await table.get(key) };
    const current = stored && entityOf(schema, stored);
    const entity = change(current);
    if (entity === current) return { entity, stands: { stored } };
    const revision = revisionOf(stored, { ...key, entity, ...attributesOf(entity) });
    if (await table.put(revision.item, revision.condition)) return { entity, stands: { stored: revision.item } };
    await pause(Math.random() * BASE_PAUSE_MS * 2 ** Math.min(tries, 5));
  }
  throw new WriteConflict(`Others kept changing ${key.pk} ${key.sk}. Try again.`);
}

const Version = z.number().int();

function revisionOf(stored: Values | undefined, item: Item) {
  if (stored === undefined)
    return { item: { ...item, version: 1 }, condition: { expression: 'attribute_not_exists(pk)' } };
  const version = Version.parse(stored.version);
  return {
    item: { ...item, version: version + 1 },
    condition: { expression: 'version = :version', values: { ':version': version } },
  };
}
