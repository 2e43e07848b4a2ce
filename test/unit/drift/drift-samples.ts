import { accumulatorsOf } from '../../../shared/domain/drift/accumulate.ts';
import type { SealedBaseline } from '../../../shared/domain/drift/baseline.ts';
import { BaselineBuilder, type BaselineOptions } from '../../../shared/domain/drift/build-baseline.ts';
import { newWindowState } from '../../../shared/domain/drift/new-window-state.ts';
import { sealBaseline } from '../../../shared/domain/drift/seal-baseline.ts';
import type { WindowState } from '../../../shared/domain/drift/window-state.ts';

export type Cells = readonly (string | undefined)[];

export function baselineOf(header: string[], rows: Iterable<Cells>, options: BaselineOptions = {}): SealedBaseline {
  const builder = new BaselineBuilder(header, options);
  for (const row of rows) builder.addRow(row);
  return sealBaseline(builder.finish());
}

/** Rows as a reader of captures counts them; the last cell is the prediction where the baseline has one. */
export function windowOf(sealed: SealedBaseline, rows: Iterable<Cells>): WindowState {
  const state = newWindowState(sealed);
  const { features, prediction } = accumulatorsOf(sealed.baseline, state);
  for (const row of rows) {
    state.records += 1;
    state.rows += 1;
    for (const [index, feature] of features.entries()) feature.addText(row[index]);
    prediction?.addText(row[features.length]);
  }
  return state;
}

/** One column of numbers. */
export function columnOf(values: Iterable<number>): string[][] {
  return Array.from(values, (value) => [String(value)]);
}

/** Mulberry32: numbers in [0, 1) that are the same in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A standard normal value (Box–Muller). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
