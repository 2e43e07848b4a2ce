import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NumericFeature } from '../../../shared/domain/drift/baseline.ts';
import { chiSquarePValue, contingency } from '../../../shared/domain/drift/chi-square.ts';
import {
  jensenShannon,
  largestDifference,
  populationStability,
  totalVariation,
} from '../../../shared/domain/drift/distances.ts';
import { falseDiscoveryRates } from '../../../shared/domain/drift/false-discovery.ts';
import { judgeWindow } from '../../../shared/domain/drift/judge-window.ts';
import { kolmogorovPValue } from '../../../shared/domain/drift/kolmogorov-smirnov.ts';
import { twoProportionsPValue } from '../../../shared/domain/drift/two-proportions.ts';
import { baselineOf, columnOf, windowOf } from './drift-samples.ts';
import scipy from './reference/scipy.json' with { type: 'json' };
import '../../harness/repeatable-properties.ts';

function compare(baseline: number[], window: number[]) {
  const sealed = baselineOf(['x'], columnOf(baseline));
  const report = judgeWindow(sealed, windowOf(sealed, columnOf(window)), { alertShare: 0 });
  const [feature] = sealed.baseline.features;
  const [drift] = report.features;
  if (feature?.kind !== 'numeric' || drift?.kind !== 'numeric') throw new Error('the column is not numeric');
  return { feature, drift };
}

/** The largest share of the training data in one bin: no binned KS can be further from the exact one. */
function heaviestBin({ counts, present }: NumericFeature): number {
  return Math.max(...counts) / present;
}

describe('the example of the literature', () => {
  const a = Array.from({ length: 1_000 }, (_, i) => ((i * 7_919) % 1_000) / 1_000);
  const b = Array.from({ length: 800 }, (_, i) => (((i * 104_729) % 1_000) / 1_000) ** 1.2 + 0.05);
  const { feature, drift } = compare(a, b);

  it('finds the distances that scipy finds', () => {
    expect(drift.psi).toBeCloseTo(0.0190500631, 9);
    expect(drift.jensenShannon).toBeCloseTo(0.0585686323, 9);
    expect(drift.ks?.statistic).toBeCloseTo(0.05, 9);
    expect(drift.ks?.pValue).toBeCloseTo(0.2098273856, 5);
    expect(drift.wassersteinOverSigma).toBeCloseTo(0.0560497892, 4);
    expect(feature.standardDeviation).toBeCloseTo(0.2886749903, 9);
  });

  it('finds them on the deciles themselves too', () => {
    const deciles = [67, 98, 87, 82, 77, 75, 72, 72, 69, 101];
    const even = new Array<number>(10).fill(100);
    expect(totalVariation(even, deciles)).toBeCloseTo(0.06, 9);
    expect(largestDifference(even, deciles)).toBeCloseTo(0.02625, 9);
    expect(jensenShannon(even, deciles)).toBeCloseTo(0.0585686323, 9);
    expect(contingency([120, 80, 40, 10], [90, 95, 50, 15])?.statistic).toBeCloseTo(7.6825396825, 9);
    expect(contingency([120, 80, 40, 10], [90, 95, 50, 15])?.pValue).toBeCloseTo(0.0530491463, 9);
  });
});

describe.each(scipy.distributions)('$name, against scipy', (reference) => {
  const { feature, drift } = compare(reference.baseline, reference.window);

  it('has numpy’s moments and quantiles', () => {
    expect(feature.mean).toBeCloseTo(reference.mean, 6);
    expect((feature.standardDeviation ?? 0) / reference.standardDeviation).toBeCloseTo(1, 9);
    expect(feature.deciles.map((position) => feature.edges[position])).toEqual(reference.deciles);
    expect(feature.edges).toEqual(expect.arrayContaining([...new Set(reference.edges)]));
  });

  it('has scipy’s PSI and Jensen–Shannon distance', () => {
    expect(drift.psi).toBeCloseTo(reference.psi, 9);
    expect(drift.jensenShannon).toBeCloseTo(reference.jensenShannon, 9);
  });

  it('has scipy’s Wasserstein distance but for bins in which the distributions cross', () => {
    const exact = reference.wasserstein / reference.standardDeviation;
    const error = exact - (drift.wassersteinOverSigma ?? 0);
    expect(error).toBeGreaterThan(-1e-6);
    expect(error).toBeLessThan(0.005);
  });

  it('has a Kolmogorov–Smirnov statistic that is too small by a bin at most', () => {
    const error = reference.ks.statistic - (drift.ks?.statistic ?? 0);
    expect(error).toBeGreaterThan(-1e-9);
    expect(error).toBeLessThanOrEqual(heaviestBin(feature) + 1e-9);
    expect(drift.ks?.pValue).toBeGreaterThanOrEqual(reference.ks.pValue - 1e-6);
  });
});

describe('tests of significance', () => {
  it.each(scipy.kolmogorov)('has the Kolmogorov distribution at $statistic for $rows rows', (reference) => {
    const error = Math.abs(kolmogorovPValue(reference.statistic, reference.rows) - reference.pValue);
    expect(error).toBeLessThan(reference.rows < 400 ? 2e-5 : 1e-6);
  });

  it.each(scipy.chiSquare)('has the χ² distribution at $statistic with $degrees degrees of freedom', (reference) => {
    expect(chiSquarePValue(reference.statistic, reference.degrees)).toBeCloseTo(reference.pValue, 9);
  });

  it.each(scipy.tables)('has scipy’s χ² of the table $baseline', ({ baseline, window, ...reference }) => {
    const test = contingency(baseline, window);
    expect(test?.statistic).toBeCloseTo(reference.statistic, 8);
    expect(test?.pValue).toBeCloseTo(reference.pValue, 9);
    expect(test?.cramersV).toBeCloseTo(reference.cramersV, 9);
    expect(largestDifference(baseline, window)).toBeCloseTo(reference.lInfinity, 12);
    expect(totalVariation(baseline, window)).toBeCloseTo(reference.totalVariation, 12);
    expect(jensenShannon(baseline, window)).toBeCloseTo(reference.jensenShannon, 9);
  });

  it.each(scipy.twoProportions)('has the z-test of the shares $sides', ({ sides, pValue }) => {
    const [hitsA = 0, totalA = 0, hitsB = 0, totalB = 0] = sides;
    expect(twoProportionsPValue(hitsA, totalA, hitsB, totalB)).toBeCloseTo(pValue, 9);
  });

  it('has Benjamini and Hochberg’s q-values', () => {
    const { pValues, qValues } = scipy.falseDiscovery;
    for (const [index, rate] of falseDiscoveryRates(pValues).entries())
      expect(rate).toBeCloseTo(qValues[index] ?? 2, 12);
  });

  it('counts rare categories together, so that thousands of them are no evidence', () => {
    const baseline = new Array<number>(5_000).fill(6);
    const window = baseline.map((_, index) => (index % 5 === 0 ? 1 : 0));
    expect(contingency(baseline, window)).toBeNull();
    expect(contingency([20_000, 9_000], [600, 300], [0, 2])?.pValue).toBeGreaterThan(0.05);
    expect(contingency([20_000, 9_000], [600, 300], [0, 90])?.pValue).toBeLessThan(0.001);
  });

  it('finds no χ² in a single category', () => {
    expect(contingency([30, 0], [40, 0])).toBeNull();
  });
});

describe('distances of histograms', () => {
  const histograms = fc
    .integer({ min: 1, max: 12 })
    .chain((size) =>
      fc.tuple(
        fc.array(fc.nat(1_000), { minLength: size, maxLength: size }),
        fc.array(fc.nat(1_000), { minLength: size, maxLength: size }),
      ),
    )
    .filter(([a, b]) => a.some((count) => count > 0) && b.some((count) => count > 0));

  it.each([
    ['PSI', populationStability],
    ['Jensen–Shannon', jensenShannon],
    ['L∞', largestDifference],
    ['total variation', totalVariation],
  ])('%s is symmetric, finite, 0 for equal histograms and never below it', (_name, distance) => {
    fc.assert(
      fc.property(histograms, ([a, b]) => {
        expect(distance(a, b)).toBeGreaterThanOrEqual(-1e-12);
        expect(distance(a, b)).toBeCloseTo(distance(b, a), 9);
        expect(distance(a, b)).toBeLessThan(Number.POSITIVE_INFINITY);
        expect(distance(a, a)).toBeCloseTo(0, 7);
      }),
    );
  });

  it('keeps Jensen–Shannon, L∞ and total variation at 1 at most', () => {
    fc.assert(
      fc.property(histograms, ([a, b]) => {
        expect(jensenShannon(a, b)).toBeLessThanOrEqual(1);
        expect(totalVariation(a, b)).toBeLessThanOrEqual(1);
        expect(largestDifference(a, b)).toBeLessThanOrEqual(2 * totalVariation(a, b) + 1e-12);
      }),
    );
  });
});
