import { formatNumber, formatThreshold } from '../format-number.ts';
import { formatShare } from '../format-share.ts';
import type { TestedFeature } from './control-false-alarms.ts';
import { DRIFTED_FROM, SIGNIFICANT_Q, WARNING_FROM } from './thresholds.ts';

/** A measure that reached its threshold; it counts if its change is significant too. */
export type Reason = {
  level: 'drifted' | 'warning';
  /** `PSI 0.31 (drifted from 0.25)`. */
  words: string;
  qValue: number | null;
  /** How many values of the window it was measured on. */
  values: number;
};

/** Shares are quotients: 0.3 − 0.2 is a tiny bit less than 0.1. */
const ROUNDING = 1e-12;

export function reaches(value: number | null, threshold: number): value is number {
  return value !== null && value >= threshold - ROUNDING;
}

/** With fewer values the tests' p-values, which hold for many, mean nothing. */
const FEWEST_VALUES = 30;

export function isSignificant({ qValue, values }: Reason): boolean {
  return qValue !== null && qValue <= SIGNIFICANT_Q && values >= FEWEST_VALUES;
}

/** Every measure of a feature that reached a threshold, significant or not. */
export function findReasons(feature: TestedFeature): Reason[] {
  return [...distributionReasons(feature), ...shareReasons(feature)];
}

function distributionReasons({ drift, distributionQ: qValue }: TestedFeature): Reason[] {
  const shared = { qValue, values: drift.present };
  const drifted = (name: string, value: number | null, from: number): Reason[] =>
    reaches(value, from) ? [{ ...shared, level: 'drifted', words: distanceWords(name, value, 'drifted', from) }] : [];
  const warning = (name: string, value: number | null, from: number): Reason[] =>
    reaches(value, from) ? [{ ...shared, level: 'warning', words: distanceWords(name, value, 'warning', from) }] : [];
  if (drift.kind === 'categorical') {
    return [
      ...drifted('L∞', drift.lInfinity, DRIFTED_FROM.lInfinity),
      ...warning('Jensen–Shannon', drift.jensenShannon, WARNING_FROM.jensenShannon),
    ];
  }
  const { outOfRangeShare, ks, wassersteinOverSigma } = drift;
  if (ks && wassersteinOverSigma === null) {
    // The training data has one value only: every other one lies out of its range.
    const words = `${formatShare(outOfRangeShare ?? 0)} of the values differ from the only one in training (drifted from ${formatShare(DRIFTED_FROM.share)})`;
    return reaches(outOfRangeShare, DRIFTED_FROM.share) ? [{ ...shared, level: 'drifted', words }] : [];
  }
  return [
    ...drifted('Wasserstein-1/σ', wassersteinOverSigma, DRIFTED_FROM.wassersteinOverSigma),
    ...(reaches(drift.psi, DRIFTED_FROM.psi)
      ? drifted('PSI', drift.psi, DRIFTED_FROM.psi)
      : warning('PSI', drift.psi, WARNING_FROM.psi)),
    ...warning('Jensen–Shannon', drift.jensenShannon, WARNING_FROM.jensenShannon),
  ];
}

function shareReasons({ changes, changeQs }: TestedFeature): Reason[] {
  return changes.flatMap(({ of, share, baselineShare, rows }, index): Reason[] => {
    if (share === null || baselineShare === null) return [];
    if (!reaches(Math.abs(share - baselineShare), DRIFTED_FROM.share)) return [];
    const words = `${of} values went from ${formatShare(baselineShare)} to ${formatShare(share)} (drifted from a change by ${formatShare(DRIFTED_FROM.share)})`;
    return [{ level: 'drifted', words, qValue: changeQs[index] ?? null, values: rows }];
  });
}

function distanceWords(name: string, value: number, level: Reason['level'], from: number): string {
  return `${name} ${formatNumber(value)} (${level} from ${formatThreshold(from)})`;
}
