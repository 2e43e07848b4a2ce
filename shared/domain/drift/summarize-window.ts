import { countOf } from '../format-number.ts';
import { formatShare } from '../format-share.ts';
import type { DataQualityFinding, DriftVerdict, FeatureDrift } from './drift-report.ts';
import { isProblem } from './find-quality-problems.ts';
import { FEWEST_ROWS } from './thresholds.ts';

export type JudgedWindow = {
  verdict: DriftVerdict;
  rows: number;
  features: readonly FeatureDrift[];
  prediction: FeatureDrift | null;
  findings: readonly DataQualityFinding[];
  alertShare: number;
};

const MOST_NAMES = 5;
const LONGEST_NAME = 60;

/** A window's verdict in one sentence. */
export function summarizeWindow(window: JudgedWindow): string {
  const { verdict, rows, features, prediction } = window;
  if (verdict === 'insufficient-data') return summarizeTooLittle(window);
  const read = `in ${countOf(rows, 'row')}`;
  const drifted = features.filter((feature) => feature.verdict === 'drifted');
  const predictionDrifted = prediction?.verdict === 'drifted';
  if (verdict === 'ok') return `No drift: none of ${countOf(features.length, 'feature')} moved significantly ${read}.`;
  if (verdict === 'drifted') {
    const parts = [
      ...(drifted.length > 0
        ? [`${drifted.length} of ${countOf(features.length, 'feature')} (${namesOf(drifted)})`]
        : []),
      ...(predictionDrifted ? ['the prediction'] : []),
    ];
    return `Drift: ${parts.join(' and ')} moved ${read}; the alarm is set at ${alarm(window)}, or the prediction.`;
  }
  const moved = [...features, ...(prediction ? [prediction] : [])].filter(
    ({ verdict: told }) => told === 'drifted' || told === 'warning',
  );
  const problems = window.findings.filter(isProblem);
  const parts = [
    ...(moved.length > 0 ? [`${namesOf(moved)} moved ${read}, which is no alarm yet`] : []),
    ...(problems.length > 0 ? [`the data has ${countOf(problems.length, 'problem')}`] : []),
  ];
  return `Warning: ${parts.join(', and ')}.`;
}

function summarizeTooLittle({ rows, findings }: JudgedWindow): string {
  const reason =
    rows < FEWEST_ROWS
      ? `${countOf(rows, 'row')} could be compared, and ${FEWEST_ROWS} are needed to tell`
      : 'no feature has enough values on both sides';
  const [problem] = findings.filter(isProblem);
  return `Insufficient data: ${reason}.${problem ? ` ${problem.sentence}` : ''}`;
}

function alarm({ alertShare }: JudgedWindow): string {
  return alertShare > 0 ? `${formatShare(alertShare)} of the features` : 'any feature';
}

function namesOf(features: readonly FeatureDrift[]): string {
  const names = features.slice(0, MOST_NAMES).map(({ name }) => short(name));
  const more = features.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

function short(name: string): string {
  const characters = Array.from(name);
  return characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME - 1).join('')}…` : name;
}
