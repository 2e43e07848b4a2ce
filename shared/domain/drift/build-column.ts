import type { BaselineFeature, NumericFeature } from './baseline.ts';
import { binOf } from './bins.ts';
import type { CategoryBudget } from './category-counter.ts';
import { CategoryCounter } from './category-counter.ts';
import { categoryKey } from './category-key.ts';
import { ColumnMoments } from './column-moments.ts';
import { parseNumber } from './parse-number.ts';
import { quantileEdgesOf } from './quantile-edges.ts';
import { ValueCounter } from './weighted-values.ts';

const MOST_RESPELLED = 5_000;

export type ColumnKind = BaselineFeature['kind'];

/**
 * One column of training data on its way into the baseline. Until its kind is known it is counted both ways: the first value that is no
 * number decides that it is categorical, the end of the data that it is numeric. Of very many different numbers the spelling is
 * forgotten: should the column turn out to be categorical after all, the frequent ones are spelled as JavaScript does.
 */
export class ColumnBuilder {
  readonly name: string;
  readonly #declared: ColumnKind | undefined;
  readonly #categories: CategoryCounter;
  #values: ValueCounter | undefined;
  #spelled = true;
  #moments = new ColumnMoments();
  #present = 0;
  #missing = 0;
  #invalid = 0;

  constructor(name: string, declared: ColumnKind | undefined, differentNumbers: number, budget: CategoryBudget) {
    this.name = name;
    this.#declared = declared;
    this.#categories = new CategoryCounter(budget);
    this.#values = declared === 'categorical' ? undefined : new ValueCounter(differentNumbers);
  }

  add(cell: string | undefined | null): void {
    if (cell === undefined || cell === null || cell === '') {
      this.#missing += 1;
      return;
    }
    if (this.#values) {
      const value = parseNumber(cell);
      if (value !== undefined) {
        this.#values.add(value);
        this.#moments.add(value);
      } else if (this.#declared === 'numeric') {
        this.#invalid += 1;
        return;
      } else {
        this.#becomeCategorical(this.#values);
      }
    }
    this.#present += 1;
    if (this.#values && this.#categories.full) this.#forgetSpelling();
    if (this.#spelled && this.#declared !== 'numeric') this.#categories.add(categoryKey(cell));
  }

  #forgetSpelling(): void {
    this.#categories.clear();
    this.#spelled = false;
  }

  #becomeCategorical(counter: ValueCounter): void {
    this.#values = undefined;
    if (this.#spelled) return;
    this.#spelled = true;
    const { values, counts } = counter.finish();
    const falling = Array.from(values, (value, index) => ({ value, count: counts[index] ?? 0 }))
      .filter(({ count }) => count > 1)
      .sort((a, b) => b.count - a.count)
      .slice(0, MOST_RESPELLED);
    for (const { value, count } of falling) this.#categories.add(String(value), count);
  }

  /** How many different values a domain of this column would have; 0 where it is numeric. */
  get categories(): number {
    return this.#values ? 0 : this.#categories.size;
  }

  finish(mostCategories: number): BaselineFeature {
    const shared = { name: this.name, present: this.#present, missing: this.#missing, invalid: this.#invalid };
    if (this.#values) {
      this.#categories.clear();
      return { ...shared, kind: 'numeric', ...this.#numbers(this.#values) };
    }
    const domain = this.#categories.mostFrequent(mostCategories);
    const named = domain.reduce((sum, { count }) => sum + count, 0);
    return { ...shared, kind: 'categorical', domain, other: this.#present - named };
  }

  #numbers(counter: ValueCounter): Omit<NumericFeature, 'kind' | 'name' | 'present' | 'missing' | 'invalid'> {
    const column = counter.finish();
    const { edges, deciles } = quantileEdgesOf(column);
    const counts = new Array<number>(edges.length + 1).fill(0);
    const sums = new Array<number>(edges.length + 1).fill(0);
    for (const [index, value] of column.values.entries()) {
      const count = column.counts[index] ?? 0;
      const bin = binOf(edges, value);
      counts[bin] = (counts[bin] ?? 0) + count;
      sums[bin] = (sums[bin] ?? 0) + value * count;
    }
    const none = { mean: null, standardDeviation: null, minimum: null, maximum: null };
    return { ...(this.#moments.finish() ?? none), edges, counts, sums, deciles };
  }
}
