import type { DriftReport, DriftVerdict, FeatureDrift } from '../shared/domain/drift/drift-report.ts';
import { formatNumber } from '../shared/domain/format-number.ts';
import { formatShare } from '../shared/domain/format-share.ts';
import { shorten } from '../web/parts/shorten.ts';
import { byMovement } from '../web/report/order-features.ts';
import { printable } from './printable.ts';

const LONGEST_NAME = 40;
const MARKS: Record<DriftVerdict, string> = {
  ok: 'ok',
  warning: 'warning',
  drifted: 'DRIFTED',
  'insufficient-data': 'too little data',
};

/** The report as lines for a terminal: the verdict, each feature with its numbers, farthest moved first, and what is wrong with the data. */
export function driftTable(report: DriftReport): string[] {
  const columns = ['feature', 'verdict', 'distance', 'PSI', 'JS', 'missing', 'invalid', 'unseen'];
  const rows = [
    ...(report.prediction ? [rowOf(report.prediction, 'prediction: ')] : []),
    ...byMovement(report.features).map((feature) => rowOf(feature)),
  ];
  return [
    ...layOut([columns, ...rows]),
    '',
    'distance: Wasserstein-1 / σ of a number, L∞ of a category; both drift from 0.10 on where the change is significant.',
    ...report.findings.map(({ sentence }) => `! ${printable(sentence)}`),
    printable(report.summary),
  ];
}

function rowOf(feature: FeatureDrift, prefix = ''): string[] {
  const { missingShare, invalidShare, jensenShannon } = feature;
  const [distance, psi, unseen] =
    feature.kind === 'numeric'
      ? [feature.wassersteinOverSigma, feature.psi, null]
      : [feature.lInfinity, null, feature.unseenShare];
  return [
    prefix + shorten(printable(feature.name), LONGEST_NAME),
    MARKS[feature.verdict],
    ...[distance, psi, jensenShannon].map((value) => (value === null ? '–' : formatNumber(value))),
    ...[missingShare, invalidShare, unseen].map((value) => (value === null ? '–' : formatShare(value))),
  ];
}

/** Words to the left, numbers to the right. */
function layOut(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => Array.from(row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const blanks = ' '.repeat(Math.max(0, (widths[column] ?? 0) - Array.from(cell).length));
        return column < 2 ? cell + blanks : blanks + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}
