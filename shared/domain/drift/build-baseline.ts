import { ContractBroken } from '../faults.ts';
import type { Baseline } from './baseline.ts';
import { ColumnBuilder, type ColumnKind } from './build-column.ts';
import { CategoryBudget } from './category-counter.ts';

export type BaselineOptions = {
  model?: string | null | undefined;
  /** Kinds of columns for which the rule (numeric if every present value is a number) is wrong. */
  types?: Readonly<Record<string, ColumnKind>> | undefined;
  /** The label: no feature. */
  target?: string | undefined;
  /** The model's own answers: no feature, compared with the answers that are captured. */
  prediction?: string | undefined;
};

/** Over all columns: different numbers at 24 bytes (about 64 MB) and different texts at some 150 (about 30 MB). */
const DIFFERENT_NUMBERS = 2_600_000;
const DIFFERENT_TEXTS = 200_000;
/** Of one column; and over all columns, so that a baseline of 200 columns stays a file of a few megabytes and a state below one. */
const DOMAIN_OF_COLUMN = 10_000;
const DOMAIN_OF_ALL = 50_000;
const MOST_FEATURES = 2_000;

/** Builds a baseline from training data, row by row in one pass; memory grows with the columns, not with the rows. */
export class BaselineBuilder {
  readonly #columns: (ColumnBuilder | undefined)[];
  readonly #options: BaselineOptions;
  #rows = 0;

  /** Throws ContractBroken with the sentence of {@link problemWithColumns}. */
  constructor(header: readonly string[], options: BaselineOptions = {}) {
    const problem = problemWithColumns(header, options);
    if (problem !== undefined) throw new ContractBroken(problem);
    this.#options = options;
    const differentNumbers = Math.min(200_000, Math.max(2_000, Math.floor(DIFFERENT_NUMBERS / header.length)));
    const budget = new CategoryBudget(DIFFERENT_TEXTS);
    this.#columns = header.map((name) =>
      name === options.target ? undefined : new ColumnBuilder(name, options.types?.[name], differentNumbers, budget),
    );
  }

  /** Cells in the header's order; an empty, null or absent one is missing. */
  addRow(cells: readonly (string | undefined | null)[]): void {
    this.#rows += 1;
    for (const [index, column] of this.#columns.entries()) column?.add(cells[index]);
  }

  /** The baseline of the rows so far. The builder is used up. */
  finish(): Baseline {
    const columns = this.#columns.filter((column) => column !== undefined);
    const mostCategories = fairShare(columns.map(({ categories }) => categories));
    const finished = columns.map((column) => column.finish(mostCategories));
    const { prediction, model = null } = this.#options;
    return {
      schema: 'mlops/drift-baseline/v1',
      model,
      rows: this.#rows,
      features: finished.filter(({ name }) => name !== prediction),
      prediction: finished.find(({ name }) => name === prediction) ?? null,
      approximate: false,
    };
  }
}

/** Why no baseline can be built of such columns, in one sentence; undefined where it can. */
export function problemWithColumns(header: readonly string[], options: BaselineOptions = {}): string | undefined {
  const names = new Set<string>();
  for (const [index, name] of header.entries()) {
    if (name.trim() === '') return `Column ${index + 1} of the header has no name.`;
    if (names.has(name)) return `The header names the column ${name} twice.`;
    names.add(name);
  }
  const { target, prediction, types = {} } = options;
  for (const [role, name] of [
    ['target', target],
    ['prediction', prediction],
    ...Object.keys(types).map((column) => ['typed', column]),
  ]) {
    if (name !== undefined && !names.has(name)) return `The ${role} column ${name} is not in the header.`;
  }
  if (target !== undefined && target === prediction) return `The column ${target} can't be both target and prediction.`;
  const features = header.filter((name) => name !== target && name !== prediction);
  if (features.length === 0) return 'The data has no feature columns.';
  return features.length > MOST_FEATURES
    ? `The data has ${features.length} feature columns; at most ${MOST_FEATURES} can be watched.`
    : undefined;
}

/** The largest domain a column may have so that all together stay within bounds: columns below it keep every value. */
function fairShare(sizes: readonly number[]): number {
  let left = DOMAIN_OF_ALL;
  const rising = sizes.filter((size) => size > 0).sort((a, b) => a - b);
  for (const [index, size] of rising.entries()) {
    const share = Math.floor(left / (rising.length - index));
    if (size > share) return Math.min(DOMAIN_OF_COLUMN, share);
    left -= size;
  }
  return DOMAIN_OF_COLUMN;
}
