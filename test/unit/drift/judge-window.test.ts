import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SealedBaseline } from '../../../shared/domain/drift/baseline.ts';
import { DriftReport, type FeatureDrift } from '../../../shared/domain/drift/drift-report.ts';
import { type JudgeOptions, judgeWindow } from '../../../shared/domain/drift/judge-window.ts';
import { addSchemaMismatch } from '../../../shared/domain/drift/merge-window-states.ts';
import { baselineOf, type Cells, columnOf, normal, seededRandom, windowOf } from './drift-samples.ts';
import '../../harness/repeatable-properties.ts';

const CARRIERS = ['AA', 'UA', 'DL', 'WN'];

/** Distance, hour and carrier of flights, with a score; `shift` moves the distance by so many σ. */
function flights(rows: number, seed: number, shift = 0): string[][] {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => [
    String(800 + 200 * (normal(random) + shift)),
    String(Math.floor(random() * 24)),
    CARRIERS[Math.floor(random() ** 2 * CARRIERS.length)] ?? 'AA',
    String(random()),
  ]);
}

const HEADER = ['distance', 'hour', 'carrier', 'score'];
const sealed = baselineOf(HEADER, flights(20_000, 1), { prediction: 'score', model: 'flight-delays' });

function judge(
  rows: Iterable<Cells>,
  options: Partial<JudgeOptions> = {},
  baseline: SealedBaseline = sealed,
): DriftReport {
  return DriftReport.parse(judgeWindow(baseline, windowOf(baseline, rows), { alertShare: 0, ...options }));
}

function featureOf(report: DriftReport, name: string): FeatureDrift {
  const feature = report.features.find((candidate) => candidate.name === name);
  if (!feature) throw new Error(`no feature ${name}`);
  return feature;
}

describe('the verdict of a window', () => {
  it('is ok where nothing moved', () => {
    const report = judge(flights(3_000, 2), { environment: 'prod' });
    expect(report).toMatchObject({
      verdict: 'ok',
      model: 'flight-delays',
      environment: 'prod',
      rows: 3_000,
      driftedShare: 0,
      summary: 'No drift: none of 3 features moved significantly in 3,000 rows.',
    });
    expect(report.features.map(({ name }) => name)).toEqual(['distance', 'hour', 'carrier']);
    expect(report.features.every(({ why }) => why.endsWith('all below their thresholds.'))).toBe(true);
  });

  it('is drifted where any feature drifted, and says which, by which numbers', () => {
    const report = judge(flights(3_000, 3, 0.4));
    expect(report.verdict).toBe('drifted');
    expect(report.driftedShare).toBeCloseTo(1 / 3, 12);
    expect(report.summary).toBe(
      'Drift: 1 of 3 features (distance) moved in 3,000 rows; the alarm is set at any feature, or the prediction.',
    );
    expect(featureOf(report, 'distance')).toMatchObject({ verdict: 'drifted' });
    expect(featureOf(report, 'distance').why).toMatch(
      /^Wasserstein-1\/σ 0\.\d+ \(drifted from 0\.10\); significant with q < 0\.0001\.$/,
    );
  });

  it('is a warning where fewer features drifted than the policy asks for', () => {
    const report = judge(flights(3_000, 3, 0.4), { alertShare: 0.5 });
    expect(report.verdict).toBe('warning');
    expect(report.summary).toBe('Warning: distance moved in 3,000 rows, which is no alarm yet.');
    expect(judge(flights(3_000, 3, 0.4), { alertShare: 1 / 3 }).verdict).toBe('drifted');
  });

  it('is drifted where the prediction drifted, whatever the share', () => {
    const rows = flights(2_000, 4).map((row) => [...row.slice(0, 3), String(Number(row[3]) ** 2)]);
    const report = judge(rows, { alertShare: 1 });
    expect(report.prediction).toMatchObject({ name: 'score', verdict: 'drifted' });
    expect(report.verdict).toBe('drifted');
    expect(report.summary).toContain('Drift: the prediction moved');
  });

  it('is a warning at most below 1,000 rows', () => {
    const report = judge(flights(999, 5, 1));
    expect(report.verdict).toBe('warning');
    expect(featureOf(report, 'distance').why).toContain('below 1,000 rows it is a warning at most');
    expect(judge(flights(1_000, 5, 1)).verdict).toBe('drifted');
  });

  it.each([0, 1, 499])('is insufficient-data with %i rows', (rows) => {
    const report = judge(flights(rows, 6, 3));
    expect(report.verdict).toBe('insufficient-data');
    expect(report.summary).toMatch(/^Insufficient data: \d+ rows? could be compared, and 500 are needed to tell\.$/);
    expect(report.features.every(({ verdict }) => verdict === 'insufficient-data')).toBe(true);
  });

  it('refuses to judge what was counted against another baseline', () => {
    const other = baselineOf(HEADER, flights(100, 1), { prediction: 'score' });
    expect(() => judgeWindow(other, windowOf(sealed, []), { alertShare: 0 })).toThrow('against the baseline');
  });
});

describe('missing, invalid and unseen values', () => {
  const spoil = (cell: string, column: number, share: number) =>
    flights(2_000, 7).map((row, index) => (index % 100 < share * 100 ? row.with(column, cell) : row));

  it.each([
    ['missing', '', 0, 'distance'],
    ['invalid', 'NaN', 0, 'distance'],
    ['missing', '', 2, 'carrier'],
    ['unseen', 'ZZ', 2, 'carrier'],
  ])('drift when their share moved by a tenth: %s', (kind, cell, column, name) => {
    expect(judge(spoil(cell, column, 0.2))).toMatchObject({ verdict: 'drifted' });
    expect(featureOf(judge(spoil(cell, column, 0.2)), name).why.toLowerCase()).toContain(
      `${kind} values went from 0 % to 20 %`,
    );
    expect(featureOf(judge(spoil(cell, column, 0.05)), name).verdict).not.toBe('drifted');
  });

  it('drift when missing values stopped, too', () => {
    const gappy = flights(5_000, 8).map((row, index) => (index % 2 === 0 ? row.with(0, '') : row));
    const report = judge(flights(2_000, 9), {}, baselineOf(HEADER, gappy, { prediction: 'score' }));
    expect(featureOf(report, 'distance')).toMatchObject({
      verdict: 'drifted',
      baselineMissingShare: 0.5,
      missingShare: 0,
    });
  });

  it('are named only where the policy allows, and from 20 occurrences on', () => {
    const rows = flights(2_000, 10).map((row, index) => {
      if (index < 19) return row.with(2, 'secret-19');
      return index < 39 ? row.with(2, 'known-20') : row;
    });
    const hidden = judge(rows);
    const shown = judge(rows, { showUnseenValues: true });
    expect(JSON.stringify(hidden)).not.toMatch(/secret-19|known-20/);
    expect(JSON.stringify(shown)).not.toContain('secret-19');
    expect(featureOf(shown, 'carrier')).toMatchObject({ topUnseen: [{ value: 'known-20', count: 20 }] });
  });
});

describe('columns of a special kind', () => {
  it('a constant drifts when a tenth of its values differ, to either side', () => {
    const constant = baselineOf(['x'], columnOf(new Array<number>(2_000).fill(5)));
    const window = (value: number, share: number) =>
      columnOf(Array.from({ length: 2_000 }, (_, i) => (i % 100 < share * 100 ? value : 5)));
    expect(judge(window(5, 0), {}, constant).verdict).toBe('ok');
    for (const value of [6, 4]) {
      expect(judge(window(value, 0.05), {}, constant).verdict).toBe('ok');
      const [feature] = judge(window(value, 0.4), {}, constant).features;
      expect(feature).toMatchObject({ verdict: 'drifted', wassersteinOverSigma: null });
      expect(feature?.why).toContain('40 % of the values differ from the only one in training');
    }
  });

  it('a flag that was nearly always 0 drifts when it no longer is', () => {
    const random = seededRandom(11);
    const flag = (rows: number, share: number) =>
      columnOf(Array.from({ length: rows }, () => (random() < share ? 1 : 0)));
    const rare = baselineOf(['x'], flag(20_000, 0.002));
    expect(judge(flag(2_000, 0.002), {}, rare).verdict).toBe('ok');
    expect(judge(flag(2_000, 0.3), {}, rare).verdict).toBe('drifted');
  });

  it('a column that is missing everywhere is ok where it was so in training, else drifted', () => {
    const empty = flights(2_000, 12).map((row) => row.with(0, ''));
    expect(featureOf(judge(empty), 'distance')).toMatchObject({
      verdict: 'drifted',
      wassersteinOverSigma: null,
      ks: null,
    });
    const always = baselineOf(HEADER, empty, { prediction: 'score', types: { distance: 'numeric' } });
    expect(featureOf(judge(empty, {}, always), 'distance')).toMatchObject({
      verdict: 'ok',
      why: 'No value is present, as in the training data.',
    });
    expect(featureOf(judge(flights(2_000, 13), {}, always), 'distance').verdict).toBe('drifted');
  });

  it('10,000 categories are judged, and 1,000 rows of them are no drift', () => {
    const random = seededRandom(14);
    const rows = (count: number, base: number) =>
      Array.from({ length: count }, () => [`c${base + Math.floor(random() * 10_000)}`]);
    const many = baselineOf(['id'], rows(60_000, 0));
    expect(judge(rows(1_000, 0), {}, many).verdict).toBe('ok');
    expect(judge(rows(1_000, 5_000), {}, many)).toMatchObject({ verdict: 'drifted' });
  });
});

describe('columns of identifiers', () => {
  const identifiers = (rows: number, from: number) => Array.from({ length: rows }, (_, row) => [`id-${from + row}`]);

  it.each([3_000, 40_000])('are no drift because every value is new, with %i rows of training', (training) => {
    const report = judge(identifiers(2_000, 100_000), {}, baselineOf(['id'], identifiers(training, 0)));
    expect(report).toMatchObject({ verdict: 'ok', features: [{ unseenShare: 1, baselineUnseenShare: 1 }] });
  });

  it('are drift when none is new any more', () => {
    const rows = new Array<string[]>(2_000).fill(['id-7']);
    expect(judge(rows, {}, baselineOf(['id'], identifiers(3_000, 0))).verdict).toBe('drifted');
  });

  it.each([6_000, 60_000])('of 3,000 or 20,000 things are no drift because some are new, with %i rows', (training) => {
    const random = seededRandom(training);
    const things = (rows: number) => Array.from({ length: rows }, () => [`t-${Math.floor((random() * training) / 3)}`]);
    const sealedThings = baselineOf(['thing'], things(training));
    expect(judge(things(2_000), {}, sealedThings).verdict).toBe('ok');
  });
});

describe('the quality of the data', () => {
  it('keeps a window from being ok where records had another shape', () => {
    const state = windowOf(sealed, flights(2_000, 15));
    addSchemaMismatch(state, { expected: '3 columns', found: '2 columns' }, 7);
    const report = judgeWindow(sealed, state, { alertShare: 0.3 });
    expect(report.verdict).toBe('warning');
    expect(report.findings).toEqual([
      {
        kind: 'schema-mismatch',
        expected: '3 columns',
        found: '2 columns',
        records: 7,
        sentence:
          '7 records had another shape than the training data and could not be compared: expected 3 columns, found 2 columns.',
      },
    ]);
  });

  it('says so where no record could be compared', () => {
    const state = windowOf(sealed, []);
    addSchemaMismatch(state, { expected: '3 columns', found: '2 columns' }, 900);
    const report = judgeWindow(sealed, state, { alertShare: 0.3 });
    expect(report.verdict).toBe('insufficient-data');
    expect(report.summary).toContain('expected 3 columns, found 2 columns');
  });

  it('puts the window in doubt from a tenth of unreadable lines on', () => {
    const state = windowOf(sealed, flights(2_000, 16));
    state.invalidRecords = 100;
    expect(judgeWindow(sealed, state, { alertShare: 0.3 })).toMatchObject({ verdict: 'ok', invalidRecords: 100 });
    state.invalidRecords = 500;
    expect(judgeWindow(sealed, state, { alertShare: 0.3 })).toMatchObject({
      verdict: 'warning',
      findings: [{ kind: 'invalid-records', records: 500 }],
    });
  });

  it('takes in what the reader of the window found, and says that a baseline is approximate', () => {
    const gap = { kind: 'capture-gap' as const, sentence: 'Half of the invocations were not captured.' };
    expect(judge(flights(2_000, 17), { findings: [gap] })).toMatchObject({ verdict: 'warning', findings: [gap] });
    const approximate: SealedBaseline = { ...sealed, baseline: { ...sealed.baseline, approximate: true } };
    expect(judge(flights(2_000, 17), {}, approximate)).toMatchObject({
      verdict: 'ok',
      findings: [{ kind: 'approximate-baseline' }],
    });
  });
});

describe('whatever comes in', () => {
  const cell = fc.oneof(
    fc.double().map(String),
    fc.constantFrom('', 'NaN', '-', ' 12 ', '1,5', '1e400', '0', '-0', '1e100', '-1e100', 'a', '<script>'),
    fc.string({ maxLength: 4 }),
  );
  const column = fc.array(cell, { maxLength: 30 });

  it('no number of a report is NaN or infinite', () => {
    const types = fc.constantFrom({}, { x: 'numeric' as const }, { x: 'categorical' as const });
    fc.assert(
      fc.property(column, column, types, fc.constantFrom(1, 40, 400), (training, window, kinds, times) => {
        const baseline = baselineOf(
          ['x', 'y'],
          training.map((value) => [value, value]),
          { types: kinds, prediction: 'y' },
        );
        const rows = Array.from({ length: times }, () => window.map((value) => [value, value])).flat();
        const report = judgeWindow(baseline, windowOf(baseline, rows), { alertShare: 0.3, showUnseenValues: true });
        const written: unknown = JSON.parse(JSON.stringify(report));
        expect(DriftReport.parse(written)).toEqual(report);
        for (const { why } of [...report.features, ...(report.prediction ? [report.prediction] : [])]) {
          expect(why).toMatch(/^.+\.$/);
          expect(why).not.toMatch(/NaN|Infinity|undefined|null/);
        }
      }),
      { numRuns: 200 },
    );
  });
});
