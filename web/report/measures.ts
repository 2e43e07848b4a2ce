import type { FeatureDrift } from '../../shared/domain/drift/drift-report.ts';
import { DRIFTED_FROM, SIGNIFICANT_Q, WARNING_FROM } from '../../shared/domain/drift/thresholds.ts';
import { formatNumber, formatThreshold } from '../../shared/domain/format-number.ts';
import { formatShare } from '../../shared/domain/format-share.ts';

/** One number of a feature beside the one from which on it counts; `reached` says that it does. */
export type Measure = { name: string; value: string; threshold: string; reached: boolean };

/** Everything that was measured of a feature, the most decisive first. */
export function measuresOf(feature: FeatureDrift): Measure[] {
  return [
    ...(feature.kind === 'numeric' ? numericMeasures(feature) : categoricalMeasures(feature)),
    ...shareMeasures(feature),
  ];
}

function numericMeasures(feature: FeatureDrift & { kind: 'numeric' }): Measure[] {
  const { wassersteinOverSigma, psi, jensenShannon, ks, outOfRangeShare } = feature;
  return [
    distance('Wasserstein-1\u00a0/\u00a0σ', wassersteinOverSigma, DRIFTED_FROM.wassersteinOverSigma),
    distance('PSI', psi, DRIFTED_FROM.psi),
    distance('Jensen–Shannon', jensenShannon, WARNING_FROM.jensenShannon, 'warning'),
    plain('KS distance', ks && formatNumber(ks.statistic)),
    significance(ks?.qValue),
    plain('Out of range', outOfRangeShare === null ? null : formatShare(outOfRangeShare)),
  ];
}

function categoricalMeasures(feature: FeatureDrift & { kind: 'categorical' }): Measure[] {
  const { lInfinity, totalVariation, jensenShannon, chiSquare, unseenShare } = feature;
  return [
    distance('L∞', lInfinity, DRIFTED_FROM.lInfinity),
    distance('Jensen–Shannon', jensenShannon, WARNING_FROM.jensenShannon, 'warning'),
    plain('Total variation', totalVariation === null ? null : formatNumber(totalVariation)),
    plain('χ²', chiSquare && formatNumber(chiSquare.statistic)),
    plain('Cramér’s V', chiSquare && formatNumber(chiSquare.cramersV)),
    significance(chiSquare?.qValue),
    share('Unseen values', unseenShare, unseenShare ?? 0),
  ];
}

function shareMeasures({ missingShare, baselineMissingShare, invalidShare }: FeatureDrift): Measure[] {
  const moved = Math.abs((missingShare ?? 0) - (baselineMissingShare ?? 0));
  const missing = share('Missing', missingShare, moved);
  return [
    { ...missing, name: baselineMissingShare ? `Missing (training ${formatShare(baselineMissingShare)})` : 'Missing' },
    share('Invalid', invalidShare, invalidShare ?? 0),
  ];
}

function distance(name: string, value: number | null, from: number, word = 'drift'): Measure {
  return {
    name,
    value: value === null ? '–' : formatNumber(value),
    threshold: `${word} ≥ ${formatThreshold(from)}`,
    reached: value !== null && value >= from,
  };
}

function significance(qValue: number | undefined): Measure {
  return {
    name: 'Significance q',
    value: qValue === undefined ? '–' : formatProbability(qValue),
    threshold: `counts ≤ ${formatThreshold(SIGNIFICANT_Q)}`,
    reached: false,
  };
}

function share(name: string, value: number | null, moved: number): Measure {
  return {
    name,
    value: value === null ? '–' : formatShare(value),
    threshold: `drift ± ${formatShare(DRIFTED_FROM.share)}`,
    reached: moved >= DRIFTED_FROM.share,
  };
}

function plain(name: string, value: string | null): Measure {
  return { name, value: value ?? '–', threshold: '', reached: false };
}

/** Below a ten-thousandth the digits say nothing. */
export function formatProbability(probability: number): string {
  return probability < 0.000_1 ? '< 0.0001' : formatNumber(probability);
}
