import { describe, expect, it } from '@jest/globals';
import type { Baseline } from '../../../shared/domain/drift/baseline.ts';
import { judgeWindow } from '../../../shared/domain/drift/judge-window.ts';
import {
  isModelMonitorStatistics,
  readModelMonitorBaseline,
} from '../../../shared/domain/drift/read-model-monitor-baseline.ts';
import { readBaseline, sealBaseline } from '../../../shared/domain/drift/seal-baseline.ts';
import { writeModelMonitorBaseline } from '../../../shared/domain/drift/write-model-monitor-baseline.ts';
import { baselineOf, normal, seededRandom, windowOf } from './drift-samples.ts';

/** As Model Monitor's container writes them, shortened. */
const STATISTICS = {
  version: 0.0,
  dataset: { item_count: 2_333 },
  features: [
    {
      name: 'Churn',
      inferred_type: 'Integral',
      numerical_statistics: {
        common: { num_present: 2_333, num_missing: 0 },
        mean: 0.1393056150878697,
        sum: 325.0,
        std_dev: 0.3462654300178,
        min: 0.0,
        max: 1.0,
        distribution: {
          kll: {
            buckets: Array.from({ length: 10 }, (_, index) => ({
              lower_bound: index / 10,
              upper_bound: (index + 1) / 10,
              count: index === 0 ? 2_008.0 : index === 9 ? 325.0 : 0.0,
            })),
            sketch: { parameters: { c: 0.64, k: 2_048.0 }, data: [[0.0, 1.0]] },
          },
        },
      },
    },
    {
      name: 'State',
      inferred_type: 'String',
      string_statistics: {
        common: { num_present: 2_300, num_missing: 33 },
        distinct_count: 3.0,
        distribution: {
          categorical: {
            buckets: [
              { value: 'TX', count: 1_000 },
              { value: 'NY', count: 1_200 },
            ],
          },
        },
      },
    },
    {
      name: 'Empty',
      inferred_type: 'Unknown',
      numerical_statistics: {
        common: { num_present: 0, num_missing: 2_333 },
        mean: 'NaN',
        std_dev: 'NaN',
        min: 'NaN',
        max: 'NaN',
      },
    },
  ],
};
const CONSTRAINTS = {
  version: 0.0,
  features: [
    { name: 'Churn', inferred_type: 'Integral', completeness: 1.0, num_constraints: { is_non_negative: true } },
    { name: 'State', inferred_type: 'String', completeness: 0.98, string_constraints: { domains: ['NY', 'TX', 'CA'] } },
  ],
  monitoring_config: { evaluate_constraints: 'Enabled' },
};

function read(statistics: unknown, constraints?: unknown, options = {}): Baseline {
  const answer = readModelMonitorBaseline({ statistics, constraints }, options);
  if (answer.outcome === 'refused') throw new Error(answer.sentence);
  return answer.baseline;
}

describe('a baseline of Model Monitor', () => {
  it('is read with its buckets as bins, and known to be approximate', () => {
    const baseline = read(STATISTICS, CONSTRAINTS, { prediction: 'Churn' });
    expect(baseline.approximate).toBe(true);
    expect(baseline.rows).toBe(2_333);
    expect(baseline.prediction).toMatchObject({ kind: 'numeric', present: 2_333, minimum: 0, maximum: 1 });
    const { prediction } = baseline;
    if (prediction?.kind !== 'numeric') throw new Error('not numeric');
    expect(prediction.edges).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    expect(prediction.sums.reduce((sum, value) => sum + value, 0)).toBeCloseTo(325, 6);
    expect(baseline.features[0]).toMatchObject({
      kind: 'categorical',
      present: 2_300,
      missing: 33,
      domain: [
        { value: 'NY', count: 1_200 },
        { value: 'TX', count: 1_000 },
        { value: 'CA', count: 0 },
      ],
      other: 100,
    });
    expect(baseline.features[1]).toMatchObject({ kind: 'numeric', present: 0, missing: 2_333, mean: null });
    expect(readBaseline(baseline).outcome).toBe('read');
  });

  it('is told from a baseline of ours', () => {
    expect(isModelMonitorStatistics(STATISTICS)).toBe(true);
    expect(isModelMonitorStatistics(baselineOf(['x'], [['1']]).baseline)).toBe(false);
  });

  it.each([
    ['no statistics', { features: [] }, undefined, {}, 'This is no statistics.json'],
    ['no constraints', STATISTICS, [], {}, 'This is no constraints.json'],
    ['an unknown target', STATISTICS, undefined, { target: 'x' }, 'have no column x'],
    [
      'a column twice',
      { ...STATISTICS, features: [STATISTICS.features[1], STATISTICS.features[1]] },
      undefined,
      {},
      'name State twice',
    ],
    [
      'a column without numbers',
      { ...STATISTICS, features: [{ name: 'x' }] },
      undefined,
      {},
      'no distribution of the column x',
    ],
  ])('is refused with a sentence: %s', (_name, statistics, constraints, options, sentence) => {
    const answer = readModelMonitorBaseline({ statistics, constraints }, options);
    expect(answer).toMatchObject({ outcome: 'refused', sentence: expect.stringContaining(sentence) });
  });

  it('judges the same drift as the baseline that it was written from', () => {
    const random = seededRandom(31);
    const rows = (count: number, shift: number) =>
      Array.from({ length: count }, () => [
        String(normal(random) + shift),
        random() < 0.5 ? 'a' : 'b',
        String(random()),
      ]);
    const { baseline } = baselineOf(['x', 'c', 'y'], rows(5_000, 0), { prediction: 'y' });
    const { statistics, constraints } = writeModelMonitorBaseline(baseline);
    const back = read(JSON.parse(JSON.stringify(statistics)), JSON.parse(JSON.stringify(constraints)), {
      prediction: 'y',
    });
    const [feature] = back.features;
    const [own] = baseline.features;
    if (feature?.kind !== 'numeric' || own?.kind !== 'numeric') throw new Error('not numeric');
    expect(feature.edges).toEqual(own.edges);
    expect(feature.counts).toEqual(own.counts);
    const sealed = sealBaseline(back);
    expect(judgeWindow(sealed, windowOf(sealed, rows(2_000, 0)), { alertShare: 0 }).verdict).toBe('ok');
    const drifted = judgeWindow(sealed, windowOf(sealed, rows(2_000, 0.5)), { alertShare: 0 });
    expect(drifted.verdict).toBe('drifted');
    expect(drifted.findings).toMatchObject([{ kind: 'approximate-baseline' }]);
    expect(drifted.features[0]).toMatchObject({ kind: 'numeric', verdict: 'drifted' });
    expect(drifted.features[1]).toMatchObject({ kind: 'categorical', verdict: 'ok' });
  });

  it('writes a constant, an empty column and a domain that is too large so that they can be read again', () => {
    const many = Array.from({ length: 25_000 }, (_, index) => ['7', '', index % 2 === 0 ? 'often' : `id-${index}`]);
    const { baseline } = baselineOf(['x', 'e', 'c'], many);
    const { statistics, constraints } = writeModelMonitorBaseline(baseline);
    const back = read(JSON.parse(JSON.stringify(statistics)), JSON.parse(JSON.stringify(constraints)));
    expect(back.features[0]).toMatchObject({
      standardDeviation: 0,
      edges: [7, 7.000000000000001],
      counts: [0, 25_000, 0],
    });
    expect(back.features[1]).toMatchObject({ present: 0, missing: 25_000 });
    expect(back.features[2]).toMatchObject({ domain: [{ value: 'often', count: 12_500 }], other: 12_500 });
  });
});
