import { ContractBroken } from '../faults.ts';
import type { BaselineFeature, CategoricalFeature, NumericFeature } from './baseline.ts';
import { coarsen } from './bins.ts';
import { contingency } from './chi-square.ts';
import { jensenShannon, largestDifference, populationStability, totalVariation } from './distances.ts';
import type { CategoricalDrift, NumericDrift } from './drift-report.ts';
import { expectedUnseen } from './expected-unseen.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { measureShares, rowsOf, type ShareChange, shareOf } from './measure-shares.ts';
import { UNSEEN_SHOWN_FROM } from './thresholds.ts';
import { wasserstein1 } from './wasserstein.ts';
import type { CategoricalState, FeatureState, NumericState } from './window-state.ts';

const MOST_UNSEEN_SHOWN = 20;

/** A feature's numbers before they are judged. The q-values are the p-values until all features are known. */
export type MeasuredFeature = {
  drift: Omit<NumericDrift, 'verdict' | 'why'> | Omit<CategoricalDrift, 'verdict' | 'why'>;
  /** Of missing, invalid and unseen values. */
  changes: ShareChange[];
};

export function measureFeature(
  feature: BaselineFeature,
  state: FeatureState,
  { showUnseenValues }: { showUnseenValues: boolean },
): MeasuredFeature {
  const changes = measureShares(feature, state);
  if (feature.kind === 'numeric' && state.kind === 'numeric') {
    return { drift: { ...countsOf(feature, state), ...measureNumbers(feature, state) }, changes };
  }
  if (feature.kind === 'categorical' && state.kind === 'categorical') {
    const topUnseen = showUnseenValues ? frequentUnseen(state) : [];
    return { drift: { ...countsOf(feature, state), ...measureCategories(feature, state), topUnseen }, changes };
  }
  throw new ContractBroken(`the window's state of ${feature.name} is not ${feature.kind}`);
}

function countsOf(feature: BaselineFeature, { present, missing, invalid }: FeatureState) {
  const rows = rowsOf({ present, missing, invalid });
  const baselineRows = rowsOf(feature);
  return {
    name: feature.name,
    present,
    missing,
    invalid,
    missingShare: shareOf(missing, rows),
    baselineMissingShare: shareOf(feature.missing, baselineRows),
    invalidShare: shareOf(invalid, rows),
    baselineInvalidShare: shareOf(feature.invalid, baselineRows),
  };
}

function measureNumbers(feature: NumericFeature, state: NumericState) {
  const { mean: baselineMean, standardDeviation, minimum, maximum, edges, counts, sums, deciles } = feature;
  const shared = {
    kind: 'numeric' as const,
    mean: shareOf(
      state.sums.reduce((sum, value) => sum + value, 0),
      state.present,
    ),
    baselineMean,
    outOfRangeShare: shareOf(state.outOfRange, state.present),
  };
  if (state.present === 0 || minimum === null || maximum === null || standardDeviation === null) {
    return { ...shared, wassersteinOverSigma: null, ks: null, psi: null, jensenShannon: null };
  }
  const { statistic, pValue } = kolmogorovSmirnov(counts, state.counts);
  const [baselineDeciles, windowDeciles] = [coarsen(counts, deciles), coarsen(state.counts, deciles)];
  const distance = () => wasserstein1(edges, { counts, sums, minimum, maximum }, state);
  return {
    ...shared,
    // A constant column has no spread to measure a distance with.
    wassersteinOverSigma: standardDeviation === 0 ? null : distance() / standardDeviation,
    ks: { statistic, pValue, qValue: pValue },
    psi: Math.max(0, populationStability(baselineDeciles, windowDeciles)),
    jensenShannon: jensenShannon(baselineDeciles, windowDeciles),
  };
}

function measureCategories(feature: CategoricalFeature, state: CategoricalState) {
  const shared = {
    kind: 'categorical' as const,
    unseenShare: shareOf(state.unseen, state.present),
    baselineUnseenShare: shareOf(expectedUnseen(feature), feature.present),
  };
  if (state.present === 0 || feature.present === 0) {
    return { ...shared, lInfinity: null, totalVariation: null, jensenShannon: null, chiSquare: null };
  }
  // What lies outside the domain is one category more, on both sides.
  const known = feature.domain.map(({ count }) => count);
  const baseline = [...known, feature.other];
  const window = [...state.counts, state.unseen];
  const test = contingency(known, [...state.counts], [feature.other, state.unseen]);
  return {
    ...shared,
    lInfinity: Math.min(1, largestDifference(baseline, window)),
    totalVariation: totalVariation(baseline, window),
    jensenShannon: jensenShannon(baseline, window),
    chiSquare: test && { ...test, qValue: test.pValue },
  };
}

function frequentUnseen({ topUnseen }: CategoricalState): CategoricalDrift['topUnseen'] {
  return [...topUnseen]
    .filter(([, count]) => count >= UNSEEN_SHOWN_FROM)
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MOST_UNSEEN_SHOWN);
}
