import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Records of one kind, each a row of JSON in a table of its own: read once at start, written whole on each change. */
export class Collection<Item> {
  readonly #items = new Map<string, Item>();
  readonly #write: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync, kind: string) {
    database.exec(`CREATE TABLE IF NOT EXISTS "${kind}" (key TEXT PRIMARY KEY, item TEXT NOT NULL)`);
    this.#write = database.prepare(`INSERT OR REPLACE INTO "${kind}" (key, item) VALUES (?, ?)`);
    this.#forget = database.prepare(`DELETE FROM "${kind}" WHERE key = ?`);
    for (const { key, item } of database.prepare(`SELECT key, item FROM "${kind}"`).iterate())
      this.#items.set(String(key), readRecord(String(item)));
  }

  get(key: string): Item | undefined {
    return this.#items.get(key);
  }

  all(): Item[] {
    return [...this.#items.values()];
  }

  /** Written when it returns: a server that is killed then still has it. */
  put(key: string, item: Item): Item {
    this.#write.run(key, JSON.stringify(item, writeTimes));
    this.#items.set(key, item);
    return item;
  }

  delete(key: string): void {
    this.#forget.run(key);
    this.#items.delete(key);
  }
}

/** The rows are this server's own, so their shape is the one that `put` wrote. */
function readRecord<Item>(text: string): Item {
  const { item }: { item: Item } = JSON.parse(`{"item":${text}}`);
  return readTimes({ item }).item;
}

function writeTimes(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Date ? { $time: original.toISOString() } : value;
}

/** In place: for thousands of records, a reviver of `JSON.parse` would take a second. */
function readTimes<Value extends object>(value: Value): Value {
  for (const [key, member] of Object.entries(value)) {
    if (typeof member !== 'object' || member === null) continue;
    if (typeof member.$time === 'string') Object.assign(value, { [key]: new Date(member.$time) });
    else readTimes(member);
  }
  return value;
}
