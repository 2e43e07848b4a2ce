import { countOf, formatNumber, formatThreshold } from '../format-number.ts';
import type { BaselineFeature } from './baseline.ts';
import type { TestedFeature } from './control-false-alarms.ts';
import type { DriftVerdict, FeatureDrift } from './drift-report.ts';
import { findReasons, isSignificant, type Reason } from './find-reasons.ts';
import { rowsOf } from './measure-shares.ts';
import { ENOUGH_ROWS, FEWEST_ROWS, SIGNIFICANT_Q } from './thresholds.ts';

/**
 * A feature's verdict with the sentence that explains it. A measure beyond its threshold counts only where it is significant too, for a
 * warning as well as for drift: by the thresholds alone a window of 1,000 rows and many features would hardly ever be ok.
 */
export function judgeFeature(tested: TestedFeature, baseline: BaselineFeature): FeatureDrift {
  const { verdict, why } = verdictOf(tested, baseline);
  return { ...tested.drift, verdict, why };
}

type Judgement = { verdict: DriftVerdict; why: string };

function verdictOf(tested: TestedFeature, baseline: BaselineFeature): Judgement {
  const { drift } = tested;
  const rows = rowsOf(drift);
  if (rows < FEWEST_ROWS) return insufficient(`${countOf(rows, 'row')}, and ${FEWEST_ROWS} are needed to tell`);
  const reached = findReasons(tested);
  const counted = reached.filter(isSignificant);
  if (counted.length > 0) return moved(counted, rows);
  if (drift.present === 0 && baseline.present === 0) {
    return { verdict: 'ok', why: 'No value is present, as in the training data.' };
  }
  if (baseline.present === 0) return insufficient('the training data has no value to compare with');
  if (drift.present === 0) return insufficient('no value is present');
  if (drift.present < FEWEST_ROWS) {
    return insufficient(`${countOf(drift.present, 'value')} present, and ${FEWEST_ROWS} are needed to tell`);
  }
  return { verdict: 'ok', why: reached.length > 0 ? byChance(reached) : unmoved(tested) };
}

function moved(reasons: readonly Reason[], rows: number): Judgement {
  const drifted = reasons.filter(({ level }) => level === 'drifted');
  const told = drifted.length > 0 ? drifted : reasons;
  const why = `${sentence(told)}; significant with q ${probability(largestQ(told))}`;
  if (drifted.length === 0) return { verdict: 'warning', why: `${why}.` };
  return rows >= ENOUGH_ROWS
    ? { verdict: 'drifted', why: `${why}.` }
    : { verdict: 'warning', why: `${why}; below ${formatNumber(ENOUGH_ROWS)} rows it is a warning at most.` };
}

function byChance(reasons: readonly Reason[]): string {
  const limit = formatThreshold(SIGNIFICANT_Q);
  const smallest = Math.min(...reasons.map(({ qValue }) => qValue ?? 1));
  return `${sentence(reasons)}, which may be chance: q ${probability(smallest)} is above ${limit}.`;
}

function unmoved({ drift }: TestedFeature): string {
  const distances: [string, number | null][] =
    drift.kind === 'numeric'
      ? [
          ['Wasserstein-1/σ', drift.wassersteinOverSigma],
          ['PSI', drift.psi],
          ['Jensen–Shannon', drift.jensenShannon],
        ]
      : [
          ['L∞', drift.lInfinity],
          ['Jensen–Shannon', drift.jensenShannon],
        ];
  const known = distances.flatMap(([name, value]) => (value === null ? [] : [`${name} ${formatNumber(value)}`]));
  return `${known.join(', ')}: all below their thresholds.`;
}

function insufficient(reason: string): Judgement {
  return { verdict: 'insufficient-data', why: `Insufficient data: ${reason}.` };
}

function sentence(reasons: readonly Reason[]): string {
  const words = reasons.map((reason) => reason.words).join(', ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function largestQ(reasons: readonly Reason[]): number {
  return Math.max(...reasons.map(({ qValue }) => qValue ?? 1));
}

/** Below a ten-thousandth the digits say nothing. */
function probability(value: number): string {
  return value < 0.0001 ? '< 0.0001' : formatNumber(value);
}
