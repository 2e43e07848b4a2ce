import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BaselineFeature } from '../../../shared/domain/drift/baseline.ts';
import { problemWithColumns } from '../../../shared/domain/drift/build-baseline.ts';
import { readBaseline, sealBaseline, writeBaseline } from '../../../shared/domain/drift/seal-baseline.ts';
import { ValueCounter } from '../../../shared/domain/drift/weighted-values.ts';
import { baselineOf, columnOf, seededRandom } from './drift-samples.ts';
import '../../harness/repeatable-properties.ts';

function onlyFeature(rows: string[][], options = {}): BaselineFeature {
  const [feature] = baselineOf(['x'], rows, options).baseline.features;
  if (!feature) throw new Error('no feature');
  return feature;
}

const cells = (...values: string[]) => values.map((value) => [value]);

describe('the kind of a column', () => {
  it('is numeric where every present value is a number, however few or many different ones', () => {
    expect(onlyFeature(cells('0', '1', '', '0')).kind).toBe('numeric');
    expect(onlyFeature(columnOf(Array.from({ length: 5_000 }, (_, i) => i))).kind).toBe('numeric');
  });

  it('is categorical from the first value that is none, and counts the numbers before it as texts', () => {
    const rows = cells('1', '1.0', '1', 'N/A', '');
    expect(onlyFeature(rows)).toEqual({
      name: 'x',
      kind: 'categorical',
      present: 4,
      missing: 1,
      invalid: 0,
      domain: [
        { value: '1', count: 2 },
        { value: '1.0', count: 1 },
        { value: 'N/A', count: 1 },
      ],
      other: 0,
    });
  });

  it('is what its author declared: then text is invalid in a numeric column', () => {
    expect(onlyFeature(cells('1', 'NaN', '2', ''), { types: { x: 'numeric' } })).toMatchObject({
      kind: 'numeric',
      present: 2,
      invalid: 1,
      missing: 1,
      mean: 1.5,
    });
    expect(onlyFeature(cells('1', '2'), { types: { x: 'categorical' } }).kind).toBe('categorical');
  });

  it('is numeric without moments where nothing is present', () => {
    expect(onlyFeature(cells('', ''))).toMatchObject({
      kind: 'numeric',
      present: 0,
      missing: 2,
      mean: null,
      edges: [],
    });
  });
});

describe('the columns of a baseline', () => {
  it('keep the order of a request, without the target, with the prediction apart', () => {
    const { baseline } = baselineOf(['late', 'distance', 'score', 'carrier'], [['1', '300', '0.2', 'AA']], {
      target: 'late',
      prediction: 'score',
      model: 'flight-delays',
    });
    expect(baseline.features.map(({ name }) => name)).toEqual(['distance', 'carrier']);
    expect(baseline.prediction?.name).toBe('score');
    expect(baseline.model).toBe('flight-delays');
  });

  it('are refused in a sentence where they can’t be told apart or are not there', () => {
    expect(problemWithColumns(['a', 'a'])).toBe('The header names the column a twice.');
    expect(problemWithColumns(['a', ' '])).toBe('Column 2 of the header has no name.');
    expect(problemWithColumns(['a'], { target: 'b' })).toBe('The target column b is not in the header.');
    expect(problemWithColumns(['a'], { types: { b: 'numeric' } })).toBe('The typed column b is not in the header.');
    expect(problemWithColumns(['a'], { target: 'a' })).toBe('The data has no feature columns.');
    expect(problemWithColumns([])).toBe('The data has no feature columns.');
    expect(problemWithColumns(['a', 'b'], { target: 'b' })).toBeUndefined();
  });

  it('count a row that is too short as missing', () => {
    expect(baselineOf(['a', 'b'], [['1'], ['2', '3']]).baseline.features[1]).toMatchObject({ present: 1, missing: 1 });
  });
});

describe('bins', () => {
  it('put a value on an edge into the bin above, and give a value that recurs a bin of its own', () => {
    const feature = onlyFeature(columnOf([...new Array<number>(95).fill(0), 3, 4, 5, 6, 7]));
    if (feature.kind !== 'numeric') throw new Error('not numeric');
    expect(feature.edges[0]).toBe(0);
    expect(feature.counts.slice(0, 2)).toEqual([0, 95]);
    expect(feature.deciles).toEqual([0]);
  });

  it('tell a constant from everything above and below it', () => {
    const feature = onlyFeature(columnOf([5, 5, 5]));
    expect(feature).toMatchObject({ standardDeviation: 0, edges: [5, 5.000000000000001], counts: [0, 3, 0] });
  });

  it('hold every value of the column, and their sum', () => {
    const values = fc.array(
      fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, min: -1e6, max: 1e6 })),
      {
        minLength: 1,
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(values, (column) => {
        const { baseline } = baselineOf(['x'], columnOf(column));
        const [feature] = baseline.features;
        if (feature?.kind !== 'numeric') throw new Error('not numeric');
        expect(feature.counts.reduce((sum, count) => sum + count, 0)).toBe(column.length);
        const sum = column.reduce((total, value) => total + value, 0);
        expect(Math.abs(feature.sums.reduce((total, value) => total + value, 0) - sum)).toBeLessThan(1e-6);
        expect(readBaseline(JSON.parse(writeBaseline(baseline)))).toEqual({
          outcome: 'read',
          sealed: sealBaseline(baseline),
        });
      }),
    );
  });
});

describe('bounded memory', () => {
  it('keeps counts and sums of numbers exact when neighbours had to be merged', () => {
    const random = seededRandom(1);
    const counter = new ValueCounter(1_000);
    let sum = 0;
    let zeros = 0;
    for (let row = 0; row < 200_000; row += 1) {
      const value = random() < 0.3 ? 0 : random();
      if (value === 0) zeros += 1;
      sum += value;
      counter.add(value);
    }
    const { values, counts, total } = counter.finish();
    expect(values.length).toBeLessThanOrEqual(1_000);
    expect(total).toBe(200_000);
    expect(counts.reduce((all, count) => all + count, 0)).toBe(200_000);
    expect(counts[0]).toBe(zeros);
    expect(values.reduce((all, value, index) => all + value * (counts[index] ?? 0), 0)).toBeCloseTo(sum, 5);
  });

  it('keeps the quantiles of a column with too many different numbers within a thousandth', () => {
    const random = seededRandom(2);
    const wide = Array.from({ length: 1_300 }, (_, index) => `c${index}`);
    const rows = Array.from({ length: 20_000 }, () => [String(random())]);
    const [feature] = baselineOf(wide, rows).baseline.features;
    if (feature?.kind !== 'numeric') throw new Error('not numeric');
    for (const [index, edge] of feature.edges.entries()) expect(Math.abs(edge - (index + 1) / 80)).toBeLessThan(0.01);
  });

  it('keeps the most frequent values of a column of identifiers and counts the others together', () => {
    const rows = Array.from({ length: 45_000 }, (_, index) => [index % 3 === 0 ? 'often' : `id-${index}`]);
    expect(onlyFeature(rows)).toMatchObject({
      kind: 'categorical',
      domain: [{ value: 'often', count: 15_000 }],
      other: 30_000,
    });
  });

  it('keeps 10,000 values at most, and of equally frequent ones all or none', () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => [`c${index % 2 === 0 ? index % 6_000 : index % 12_000}`]);
    const feature = onlyFeature(rows);
    if (feature.kind !== 'categorical') throw new Error('not categorical');
    expect(feature.domain.length).toBeLessThanOrEqual(10_000);
    expect(feature.domain.every(({ count }) => count === 5 || count > 1)).toBe(true);
    expect(feature.domain.reduce((sum, { count }) => sum + count, 0) + feature.other).toBe(30_000);
  });

  it('still knows the frequent values of a column that turned categorical after very many numbers', () => {
    const rows = Array.from({ length: 60_000 }, (_, index) => [index % 2 === 0 ? '0' : String(index)]);
    const feature = onlyFeature([...rows, ['n/a'], ['n/a']]);
    if (feature.kind !== 'categorical') throw new Error('not categorical');
    expect(feature.domain).toEqual([
      { value: '0', count: 30_000 },
      { value: 'n/a', count: 2 },
    ]);
    expect(feature.other).toBe(30_000);
  });

  it('shares the room for categories between many columns', () => {
    const header = Array.from({ length: 60 }, (_, index) => `c${index}`);
    const rows = Array.from({ length: 3_000 }, (_, row) =>
      header.map((_name, index) => (index === 0 ? 'one' : `v${Math.floor(Math.sqrt(row * 700))}`)),
    );
    const { baseline } = baselineOf(header, rows);
    const sizes = baseline.features.map((feature) => (feature.kind === 'categorical' ? feature.domain.length : 0));
    expect(sizes[0]).toBe(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(50_000);
    expect(Math.min(...sizes.slice(1))).toBeGreaterThan(500);
  });

  it('takes long texts by their start', () => {
    const feature = onlyFeature(cells(`${'a'.repeat(150)}x`, `${'a'.repeat(150)}y`));
    expect(feature).toMatchObject({ domain: [{ value: 'a'.repeat(100), count: 2 }] });
  });
});

describe('a stored baseline', () => {
  const { baseline } = baselineOf(
    ['x', 'c'],
    [
      ['1', 'a'],
      ['2', 'b'],
    ],
  );
  const [numeric, categorical] = baseline.features;

  it.each([
    ['another file', { hello: 1 }],
    ['nothing', null],
    ['a feature twice', { ...baseline, features: [numeric, numeric] }],
    ['bins that miss', { ...baseline, features: [{ ...numeric, counts: [2] }] }],
    ['rows that miss', { ...baseline, rows: 3 }],
    ['a domain that does not add up', { ...baseline, features: [{ ...categorical, other: 5 }] }],
    ['no mean', { ...baseline, features: [{ ...numeric, mean: null }] }],
  ])('is refused with a sentence: %s', (_name, json) => {
    const read = readBaseline(json);
    expect(read.outcome).toBe('refused');
    expect(read.outcome === 'refused' && read.sentence).toMatch(/^(This|The) .+\.$/);
  });

  it('has a digest that changes with any number in it', () => {
    const changed = { ...baseline, rows: baseline.rows + 1 };
    expect(sealBaseline(changed).sha256).not.toBe(sealBaseline(baseline).sha256);
    expect(sealBaseline(structuredClone(baseline)).sha256).toBe(sealBaseline(baseline).sha256);
  });
});
