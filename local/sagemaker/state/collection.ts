import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LONGEST_FILE_NAME = 200;

/** Records of one kind, each a JSON file in one folder; read once at start, written whole on each change. */
export class Collection<Item> {
  readonly #folder: string;
  readonly #items = new Map<string, Item>();

  constructor(stateFolder: string, kind: string) {
    this.#folder = join(stateFolder, 'records', kind);
    mkdirSync(this.#folder, { recursive: true });
    for (const file of readdirSync(this.#folder)) {
      if (!file.endsWith('.json')) continue;
      const { key, item } = readRecord<Item>(join(this.#folder, file));
      this.#items.set(key, item);
    }
  }

  get(key: string): Item | undefined {
    return this.#items.get(key);
  }

  all(): Item[] {
    return [...this.#items.values()];
  }

  /** On disk when it returns: a new file that takes the place of the old one. */
  put(key: string, item: Item): Item {
    this.#items.set(key, item);
    const path = this.#path(key);
    writeFileSync(`${path}.new`, JSON.stringify({ key, item }, writeTimes));
    renameSync(`${path}.new`, path);
    return item;
  }

  delete(key: string): void {
    this.#items.delete(key);
    rmSync(this.#path(key), { force: true });
  }

  #path(key: string): string {
    const name = encodeURIComponent(key);
    const short = name.length <= LONGEST_FILE_NAME ? name : createHash('sha256').update(key).digest('hex');
    return join(this.#folder, `${short}.json`);
  }
}

/** The files are this server's own, so their shape is the one that `put` wrote. */
function readRecord<Item>(path: string): { key: string; item: Item } {
  return JSON.parse(readFileSync(path, 'utf8'), readTimes);
}

function writeTimes(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Date ? { $time: original.toISOString() } : value;
}

function readTimes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$time' in value)) return value;
  return typeof value.$time === 'string' ? new Date(value.$time) : value;
}
