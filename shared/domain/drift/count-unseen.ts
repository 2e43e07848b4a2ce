import type { Baseline } from './baseline.ts';
import { fnvHash } from './fnv-hash.ts';

/** So many values outside the domain are kept over all columns of a window, and so few or many of one column. */
const KEPT_OVER_ALL = 5_000;
const KEPT_AT_LEAST = 25;
const KEPT_AT_MOST = 1_000;

/** How many different unseen values a state keeps of each categorical column: fewer where there are many columns. */
export function unseenCapacity(baseline: Baseline): number {
  const columns = baseline.features.filter(({ kind }) => kind === 'categorical').length;
  return Math.min(KEPT_AT_MOST, Math.max(KEPT_AT_LEAST, Math.floor(KEPT_OVER_ALL / Math.max(1, columns))));
}

/**
 * Counts a value outside the domain, in bounded memory. Of more different values than `capacity` those with the smallest hashes stay.
 * What stays was never evicted before, so its count is exact; and neither the order of rows nor of merges can change which
 * values stay. (SpaceSaving would keep the most frequent ones, but its result depends on the order, and merges would not be associative.)
 */
export function countUnseen(top: Map<string, number>, value: string, capacity: number, count = 1): void {
  const known = top.get(value);
  if (known !== undefined) top.set(value, known + count);
  else if (top.size < capacity) top.set(value, count);
  else replaceLast(top, value, count);
}

type Ranked = { value: string; hash: number };

/** The values of full maps by rising hash: a column of identifiers asks once a row which one is the last. */
const RANKED = new WeakMap<Map<string, number>, Ranked[]>();

function replaceLast(top: Map<string, number>, value: string, count: number): void {
  const ranked = rankedOf(top);
  const last = ranked.at(-1);
  const added = { value, hash: fnvHash(value) };
  if (last === undefined || compareRanked(added, last) > 0) return;
  ranked.pop();
  ranked.splice(placeOf(ranked, added), 0, added);
  top.delete(last.value);
  top.set(value, count);
}

function rankedOf(top: Map<string, number>): Ranked[] {
  const known = RANKED.get(top);
  if (known?.length === top.size) return known;
  const ranked = Array.from(top.keys(), (value) => ({ value, hash: fnvHash(value) })).sort(compareRanked);
  RANKED.set(top, ranked);
  return ranked;
}

function placeOf(ranked: readonly Ranked[], added: Ranked): number {
  let low = 0;
  let high = ranked.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = ranked[middle];
    if (there && compareRanked(there, added) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareRanked(a: Ranked, b: Ranked): number {
  return a.hash - b.hash || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
}
