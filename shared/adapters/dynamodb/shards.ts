import { sha256Hex } from '../../domain/canonical-json.ts';
import type { Table, Values } from './table.ts';

/** A stage-wide list is spread over this many index partitions, so that none is hot (1,000 writes a second each). */
const SHARDS = 8;

/** The index partition of `list` that holds the item of this id. */
export function shardOf(list: string, id: string): string {
  return `${list}#${Number.parseInt(sha256Hex(id).slice(0, 8), 16) % SHARDS}`;
}

/** Every item of a stage-wide list, in the order of `gsi1sk`; `limitPerShard` bounds what one sweep takes on. */
export async function queryShards(
  table: Table,
  list: string,
  options: { before?: string; limitPerShard?: number } = {},
): Promise<Values[]> {
  const { before, limitPerShard } = options;
  const shards = Array.from({ length: SHARDS }, (_, shard) => `${list}#${shard}`);
  const pages = await Promise.all(
    shards.map((shard) =>
      table.queryIndex(shard, {
        ...(before !== undefined && { before }),
        ...(limitPerShard !== undefined && { limit: limitPerShard }),
      }),
    ),
  );
  return pages.flat().sort((a, b) => (String(a.gsi1sk) < String(b.gsi1sk) ? -1 : 1));
}
