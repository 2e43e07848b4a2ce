import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { histogramOf } from '../../../../web/charts/histogram.ts';
import { even, reportOf, rowsOf } from './sample-report.ts';
import '../../../harness/repeatable-properties.ts';

function drawn(training: readonly number[], window: readonly number[], bins = 30) {
  const column = (values: readonly number[]) => rowsOf(values.length, (at) => [String(values[at])]);
  const { baseline, state } = reportOf(['x'], column(training), column(window));
  const [feature, counted] = [baseline.features[0], state.features[0]];
  if (feature?.kind !== 'numeric' || counted?.kind !== 'numeric') throw new Error('The column is numeric.');
  return histogramOf(feature, counted, bins);
}

const numbers = (count: number, make: (at: number) => number) => Array.from({ length: count }, (_, at) => make(at));
const total = (shares: readonly number[] = []) => shares.reduce((sum, share) => sum + share, 0);

describe('a histogram', () => {
  it('gives hours a bar each', () => {
    const histogram = drawn(
      numbers(2400, (at) => at % 24),
      numbers(1200, (at) => at % 12),
    );
    expect(histogram).toMatchObject({ low: -0.5, high: 23.5 });
    expect(histogram?.baseline).toHaveLength(24);
    expect(histogram?.window[3]).toBeCloseTo(1 / 12);
    expect(histogram?.window[13]).toBe(0);
  });

  it('gives yes and no two bars, labelled at their values', () => {
    const histogram = drawn(
      numbers(1000, (at) => at % 2),
      numbers(1000, (at) => (at % 4 ? 1 : 0)),
    );
    expect(histogram).toMatchObject({ ticks: [0, 1], baseline: [0.5, 0.5], window: [0.25, 0.75] });
  });

  it('makes room for a window that moved away, as wide as its values lie', () => {
    const histogram = drawn(
      numbers(2000, (at) => 10 * even(at)),
      numbers(1000, (at) => 100 + even(at)),
    );
    expect(histogram?.high).toBeGreaterThan(100);
    expect(histogram?.high).toBeLessThan(112);
    expect(histogram?.window.filter((share) => share > 0).length).toBeLessThan(4);
  });

  it('does not follow a single value that lies far away', () => {
    const histogram = drawn(numbers(2000, even), [...numbers(1000, even), 1e9]);
    expect(histogram?.high).toBeLessThan(1.2);
  });

  it('loses no value of either side, whatever the values are', () => {
    const values = fc.array(fc.double({ min: -1e50, max: 1e50, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, values, (training, window) => {
        const histogram = drawn(training, window);
        if (histogram === undefined) return;
        expect(total(histogram.baseline)).toBeCloseTo(1, 6);
        expect(total(histogram.window)).toBeCloseTo(1, 6);
        expect(histogram.baseline.every((share) => share >= -1e-9)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
