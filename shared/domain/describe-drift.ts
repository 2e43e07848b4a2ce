import { formatNumber } from './format-number.ts';
import { code, prose } from './markdown.ts';
import type { MonitorWindow } from './monitor-window.ts';

/** What a judged window found, in Markdown: which features moved, and how far. Names come from the training data, values from nowhere. */
export function describeDrift({
  rows,
  driftedShare,
  topFeatures,
  predictionVerdict,
  predictionScore,
}: MonitorWindow): string[] {
  const share = driftedShare === undefined ? '' : ` ${formatNumber(driftedShare * 100)} % of the features drifted.`;
  const prediction =
    predictionVerdict === undefined
      ? []
      : [
          `The predictions are ${code(predictionVerdict)}${predictionScore === undefined ? '' : ` (moved by ${formatNumber(predictionScore)})`}.`,
        ];
  const moved = topFeatures ?? [];
  const table = moved.map(({ name, score, verdict }) => `| ${prose(name)} | ${formatNumber(score)} | ${verdict} |`);
  return [
    `${rows === undefined ? 'The window' : `The window's ${formatNumber(rows)} rows`} moved away from the training data.${share}`,
    ...prediction,
    ...(table.length > 0
      ? ['', '| Feature | Moved by (W1/σ of a number, L∞ of a category) | Verdict |', '|---|---|---|', ...table]
      : []),
  ];
}
