import { formatNumber } from '../../shared/domain/format-number.ts';
import type { Look } from './drift-acts.ts';
import { plainTable } from './plain-table.ts';

/** A line a window that the monitor judged: how much was drifted, and the features that moved most. */
export function lookTable(looks: readonly Look[]): string {
  const head = ['traffic', 'version', 'rows', 'verdict', 'drifted', 'prediction', 'moved most (standard deviations)'];
  const rows = looks.map(({ traffic, window }) => [
    traffic,
    `v${window.version}`,
    String(window.rows ?? 0),
    window.verdict ?? '–',
    window.driftedShare === undefined ? '–' : `${Math.round(window.driftedShare * 100)} %`,
    window.predictionScore === undefined ? '–' : formatNumber(window.predictionScore),
    (window.topFeatures ?? []).map(({ name, score }) => `${name} ${formatNumber(score)}`).join(', '),
  ]);
  return plainTable(head, rows, [2, 4, 5]);
}
