import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { WriteConflict } from '../../domain/faults.ts';
import { entityOf } from './stored-entity.ts';
import type { Item, Key, Table, Values } from './table.ts';

const MAX_TRIES = 12;
const BASE_PAUSE_MS = 10;

/** Attributes beside the entity: index keys while the item is to be found in a list, `ttl` when it may go. */
type Attributes = { gsi1pk?: string; gsi1sk?: string; ttl?: number };

/**
 * Changes one entity by a pure function: read, change, write if nobody wrote meanwhile, else again. `change` may throw to refuse, and
 * leaves everything as it is by returning what it was given.
 *
 * @throws WriteConflict when others were faster every time
 */
export async function revise<Schema extends z.ZodType>(
  table: Table,
  key: Key,
  schema: Schema,
  change: (current: z.output<Schema> | undefined) => z.output<Schema>,
  attributesOf: (entity: z.output<Schema>) => Attributes = () => ({}),
): Promise<z.output<Schema>> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const stored = await table.get(key);
    const current = stored && entityOf(schema, stored);
    const next = change(current);
    if (next === current || (await putRevision(table, stored, { ...key, entity: next, ...attributesOf(next) })))
      return next;
    await pause(Math.random() * BASE_PAUSE_MS * 2 ** Math.min(tries, 5));
  }
  throw new WriteConflict(`Others kept changing ${key.pk} ${key.sk}. Try again.`);
}

const Version = z.number().int();

function putRevision(table: Table, stored: Values | undefined, item: Item): Promise<boolean> {
  if (stored === undefined) return table.put({ ...item, version: 1 }, { expression: 'attribute_not_exists(pk)' });
  const version = Version.parse(stored.version);
  return table.put(
    { ...item, version: version + 1 },
    { expression: 'version = :version', values: { ':version': version } },
  );
}
