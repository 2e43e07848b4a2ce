import { countOf } from '../format-number.ts';
import { formatShare } from '../format-share.ts';
import type { Baseline } from './baseline.ts';
import type { DataQualityFinding } from './drift-report.ts';
import { reaches } from './find-reasons.ts';
import { DRIFTED_FROM } from './thresholds.ts';
import type { WindowState } from './window-state.ts';

/** What a window's state itself says about its data, the most frequent first. */
export function findQualityProblems(state: WindowState, { approximate }: Baseline): DataQualityFinding[] {
  return [...mismatches(state), ...invalidRecords(state), ...(approximate ? [APPROXIMATE] : [])];
}

/** Whether a finding keeps a window from being ok. */
export function isProblem({ kind }: DataQualityFinding): boolean {
  return kind !== 'approximate-baseline';
}

const APPROXIMATE: DataQualityFinding = {
  kind: 'approximate-baseline',
  sentence:
    "The baseline's bins come from another tool's sketch of the training data, so its distances are approximate.",
};

function mismatches({ schemaMismatches }: WindowState): DataQualityFinding[] {
  return [...schemaMismatches]
    .sort((a, b) => b.records - a.records)
    .map(({ expected, found, records }) => ({
      kind: 'schema-mismatch',
      sentence: `${countOf(records, 'record')} had another shape than the training data and could not be compared: expected ${expected}, found ${found}.`,
      expected,
      found,
      records,
    }));
}

/** A few broken lines are counted in the report; from a tenth of all lines on they put the whole window in doubt. */
function invalidRecords({ records, invalidRecords: invalid }: WindowState): DataQualityFinding[] {
  const share = records + invalid === 0 ? 0 : invalid / (records + invalid);
  if (!reaches(share, DRIFTED_FROM.share)) return [];
  return [
    {
      kind: 'invalid-records',
      sentence: `${countOf(invalid, 'line')} (${formatShare(share)}) could not be read as capture records.`,
      records: invalid,
    },
  ];
}
