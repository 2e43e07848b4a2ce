import { type Accumulator, accumulatorsOf } from '../accumulate.ts';
import type { Baseline } from '../baseline.ts';
import { addSchemaMismatch } from '../merge-window-states.ts';
import type { WindowState } from '../window-state.ts';
import type { DecodedLine } from './decode-record.ts';

/** Adds what a line held to `state`. Rows of another shape are not compared, and count as no rows. */
export function recordAdder(baseline: Baseline, state: WindowState): (line: DecodedLine) => void {
  const { features, prediction } = accumulatorsOf(baseline, state);
  return (line) => {
    if (line.kind === 'blank' || line.kind === 'outside') return;
    if (line.kind === 'invalid') {
      state.invalidRecords += 1;
      return;
    }
    state.records += 1;
    if (line.kind === 'mismatch') {
      addSchemaMismatch(state, line);
      return;
    }
    state.rows += line.rows.length;
    for (const row of line.rows) {
      for (const [position, feature] of features.entries()) addCell(feature, row[position]);
    }
    if (prediction !== null) for (const answer of line.answers) addCell(prediction, answer);
  };
}

/** Text is a cell of CSV or a string of JSON, which are read alike. */
function addCell(column: Accumulator, cell: unknown): void {
  if (typeof cell === 'string') column.addText(cell);
  else column.addValue(cell);
}
