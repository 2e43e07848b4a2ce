/** How many different values all columns of a baseline may hold together while it is built. */
export class CategoryBudget {
  readonly #limit: number;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get exhausted(): boolean {
    return this.#used >= this.#limit;
  }

  take(entries: number): void {
    this.#used += entries;
  }
}

/** Of one column. */
const MOST_VALUES = 20_000;

/**
 * Counts a column's values in bounded memory. Exact while there is room; when there is none the rarer half is forgotten, so what recurs stays,
 * counted too low by the occurrences before it was forgotten. What isn't counted under a name is the column's `other`.
 */
export class CategoryCounter {
  readonly #counts = new Map<string, number>();
  readonly #budget: CategoryBudget;

  constructor(budget: CategoryBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#counts.size;
  }

  /** Whether the next new value would cost the rarer half of the others. */
  get full(): boolean {
    return this.#counts.size >= MOST_VALUES || (this.#budget.exhausted && this.#counts.size >= 2);
  }

  add(key: string, count = 1): void {
    const known = this.#counts.get(key);
    if (known !== undefined) {
      this.#counts.set(key, known + count);
      return;
    }
    if (this.full) this.#forgetRarerHalf();
    this.#counts.set(key, count);
    this.#budget.take(1);
  }

  /** Frees the memory of a column that is numeric. */
  clear(): void {
    this.#budget.take(-this.#counts.size);
    this.#counts.clear();
  }

  /**
   * The most frequent values first, equal ones by name: all of them, or those that are more frequent than the first one beyond the limit. So the order
   * of rows doesn't choose between equals, and a column of identifiers has no domain at all.
   */
  mostFrequent(limit: number): { value: string; count: number }[] {
    const falling = [...this.#counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
    const beyond = falling[limit]?.count ?? 0;
    return falling.filter(({ count }) => count > beyond);
  }

  /** By a threshold, without ordering the values: of equally rare ones those that came first stay. */
  #forgetRarerHalf(): void {
    const before = this.#counts.size;
    const room = Math.floor(before / 2);
    const falling = Float64Array.from(this.#counts.values()).sort().reverse();
    const threshold = falling[room] ?? 0;
    let ties = room - falling.findIndex((count) => count <= threshold);
    for (const [value, count] of this.#counts) {
      if (count > threshold) continue;
      if (count === threshold && ties > 0) ties -= 1;
      else this.#counts.delete(value);
    }
    this.#budget.take(this.#counts.size - before);
  }
}
