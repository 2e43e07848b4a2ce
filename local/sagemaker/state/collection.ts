import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Records of one kind, each a row of JSON: read once at start, written whole on each change. */
export class Collection<Item> {
  readonly #kind: string;
  readonly #items = new Map<string, Item>();
  readonly #write: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync, kind: string) {
    this.#kind = kind;
    this.#write = database.prepare('INSERT OR REPLACE INTO records (kind, key, item) VALUES (?, ?, ?)');
    this.#forget = database.prepare('DELETE FROM records WHERE kind = ? AND key = ?');
    const rows = database.prepare('SELECT key, item FROM records WHERE kind = ? ORDER BY rowid');
    for (const { key, item } of rows.iterate(kind)) this.#items.set(String(key), readRecord(String(item)));
  }

  get(key: string): Item | undefined {
    return this.#items.get(key);
  }

  all(): Item[] {
    return [...this.#items.values()];
  }

  /** Written when it returns: a server that is killed then still has it. */
  put(key: string, item: Item): Item {
    this.#items.set(key, item);
    this.#write.run(this.#kind, key, JSON.stringify(item, writeTimes));
    return item;
  }

  delete(key: string): void {
    this.#items.delete(key);
    this.#forget.run(this.#kind, key);
  }
}

/** The rows are this server's own, so their shape is the one that `put` wrote. */
function readRecord<Item>(text: string): Item {
  return JSON.parse(text, readTimes);
}

function writeTimes(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Date ? { $time: original.toISOString() } : value;
}

function readTimes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$time' in value)) return value;
  return typeof value.$time === 'string' ? new Date(value.$time) : value;
}
