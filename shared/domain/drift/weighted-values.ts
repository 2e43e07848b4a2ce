const MOST_BUFFERED = 16_384;

/** Rising values, each with how often it occurred. */
export type WeightedValues = { values: Float64Array; counts: Float64Array; total: number };

/**
 * The values of a column, sorted and counted, in bounded memory: exact while there are at most `limit` different ones, however
 * many rows. From then on neighbours become one entry at their mean, of at most a `2 / limit` part of the rows. Counts and the sum of all
 * values stay exact, and a value that recurs more often than that is never merged with another.
 */
export class ValueCounter {
  readonly #limit: number;
  readonly #buffer: Float64Array;
  #buffered = 0;
  #kept: WeightedValues = { values: new Float64Array(0), counts: new Float64Array(0), total: 0 };

  constructor(limit: number) {
    this.#limit = limit;
    this.#buffer = new Float64Array(Math.min(limit, MOST_BUFFERED));
  }

  add(value: number): void {
    if (this.#buffered === this.#buffer.length) this.#flush();
    this.#buffer[this.#buffered] = value;
    this.#buffered += 1;
  }

  finish(): WeightedValues {
    this.#flush();
    return this.#kept;
  }

  #flush(): void {
    if (this.#buffered === 0) return;
    const added = this.#buffer.slice(0, this.#buffered).sort();
    this.#buffered = 0;
    this.#kept = merged(this.#kept, added);
    if (this.#kept.values.length > this.#limit) this.#kept = condensed(this.#kept, this.#limit);
  }
}

function merged(kept: WeightedValues, added: Float64Array): WeightedValues {
  const values = new Float64Array(kept.values.length + added.length);
  const counts = new Float64Array(values.length);
  let size = 0;
  const push = (value: number, count: number) => {
    if (size > 0 && values[size - 1] === value) {
      counts[size - 1] = (counts[size - 1] ?? 0) + count;
      return;
    }
    values[size] = value;
    counts[size] = count;
    size += 1;
  };
  let next = 0;
  for (let index = 0; index < kept.values.length; index += 1) {
    const value = kept.values[index] ?? 0;
    for (; next < added.length && (added[next] ?? 0) < value; next += 1) push(added[next] ?? 0, 1);
    push(value, kept.counts[index] ?? 0);
  }
  for (; next < added.length; next += 1) push(added[next] ?? 0, 1);
  return { values: values.slice(0, size), counts: counts.slice(0, size), total: kept.total + added.length };
}

function condensed({ values, counts, total }: WeightedValues, limit: number): WeightedValues {
  const heaviest = (2 * total) / limit;
  let size = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    const count = counts[index] ?? 0;
    const before = counts[size - 1] ?? 0;
    if (size > 0 && before + count <= heaviest) {
      values[size - 1] = ((values[size - 1] ?? 0) * before + value * count) / (before + count);
      counts[size - 1] = before + count;
      continue;
    }
    values[size] = value;
    counts[size] = count;
    size += 1;
  }
  return { values: values.slice(0, size), counts: counts.slice(0, size), total };
}
