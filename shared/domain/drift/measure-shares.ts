import type { BaselineFeature } from './baseline.ts';
import { expectedUnseen } from './expected-unseen.ts';
import { twoProportionsPValue } from './two-proportions.ts';
import type { FeatureState } from './window-state.ts';

/** The share of a column's rows, or of its present values, that are of one sort, against the same share in the training data. */
export type ShareChange = {
  of: 'missing' | 'invalid' | 'unseen';
  share: number | null;
  baselineShare: number | null;
  /** Rows of the window that the share is of. */
  rows: number;
  /** Two-sided, of the change being chance. */
  pValue: number;
};

export function measureShares(feature: BaselineFeature, state: FeatureState): ShareChange[] {
  const rows = rowsOf(state);
  const baselineRows = rowsOf(feature);
  const changes = [
    changeOf('missing', state.missing, rows, feature.missing, baselineRows),
    changeOf('invalid', state.invalid, rows, feature.invalid, baselineRows),
  ];
  return feature.kind === 'categorical' && state.kind === 'categorical'
    ? [...changes, changeOf('unseen', state.unseen, state.present, expectedUnseen(feature), feature.present)]
    : changes;
}

/** How many rows a column was looked at in. */
export function rowsOf({ present, missing, invalid }: { present: number; missing: number; invalid: number }): number {
  return present + missing + invalid;
}

/** Null where there is nothing to be a part of. Adding 0 turns the -0 of a tiny negative mean into 0. */
export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole + 0;
}

function changeOf(
  of: ShareChange['of'],
  hits: number,
  rows: number,
  baselineHits: number,
  baselineRows: number,
): ShareChange {
  return {
    of,
    share: shareOf(hits, rows),
    baselineShare: shareOf(baselineHits, baselineRows),
    rows,
    pValue: twoProportionsPValue(hits, rows, baselineHits, baselineRows),
  };
}
