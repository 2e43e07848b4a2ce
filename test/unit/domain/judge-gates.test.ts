import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EvaluationReport } from '../../../shared/domain/evaluation-report.ts';
import { inconclusiveVerdict, judgeGates } from '../../../shared/domain/judge-gates.ts';
import type { Gate } from '../../../shared/domain/policy.ts';
import '../../harness/repeatable-properties.ts';

const AUC = 'binary_classification_metrics.auc.value';
const rows = { sha256: 'a'.repeat(64), rows: 17_867 };
const otherRows = { sha256: 'b'.repeat(64), rows: 17_867 };

function reportOf(auc: unknown, more: Record<string, unknown> = {}): EvaluationReport {
  return {
    evaluationData: rows,
    binary_classification_metrics: { auc: { value: auc, standard_deviation: 'NaN' } },
    ...more,
  };
}

function championOf(auc: unknown, more: Record<string, unknown> = {}) {
  return { evaluationData: rows, binary_classification_metrics: { auc: { value: auc } }, ...more };
}

function judge(gates: Gate[], report: EvaluationReport, championExpected = false, floors: Gate[] = []) {
  return judgeGates({ gates, floors, report, championExpected });
}

const versus = (maxRegression: number, better: 'higher' | 'lower' = 'higher'): Gate => ({
  metric: AUC,
  versus: 'champion',
  maxRegression,
  better,
});

describe('judging gates', () => {
  it('passes a metric at its minimum and says the numbers', () => {
    const verdict = judge([{ metric: AUC, min: 0.7 }], reportOf(0.7));
    expect(verdict).toMatchObject({ verdict: 'passed', championPresent: false, problems: [], evaluationData: rows });
    expect(verdict.results).toEqual([
      {
        gate: { metric: AUC, min: 0.7 },
        origin: 'policy',
        metric: AUC,
        operator: '≥',
        value: 0.7,
        threshold: 0.7,
        result: 'passed',
        sentence: `${AUC} is 0.7; ≥ 0.70 is needed.`,
      },
    ]);
  });

  it('rejects a metric below its minimum, and one above its maximum', () => {
    const verdict = judge(
      [
        { metric: AUC, min: 0.7 },
        { metric: AUC, max: 0.6 },
      ],
      reportOf(0.65),
    );
    expect(verdict.results.map(({ result, operator }) => [result, operator])).toEqual([
      ['rejected', '≥'],
      ['rejected', '≤'],
    ]);
  });

  it.each([
    undefined,
    null,
    'NaN',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '0.9',
    true,
    { value: 0.9 },
    [0.9],
  ])('can not tell a metric that is %p', (value) => {
    expect(
      judge(
        [
          { metric: AUC, min: 0.1 },
          { metric: AUC, max: 5 },
        ],
        reportOf(value),
      ).verdict,
    ).toBe('inconclusive');
  });

  it('judges a floor like a gate and names its origin', () => {
    const verdict = judge([{ metric: AUC, min: 0.6 }], reportOf(0.62), false, [{ metric: AUC, min: 0.65 }]);
    expect(verdict.verdict).toBe('rejected');
    expect(verdict.results.map(({ origin, result }) => [origin, result])).toEqual([
      ['floor', 'rejected'],
      ['policy', 'passed'],
    ]);
  });

  describe('against the champion', () => {
    it('passes while nothing is live, in words', () => {
      const verdict = judge([versus(0.01)], reportOf(0.5));
      expect(verdict.verdict).toBe('passed');
      expect(verdict.results[0]?.sentence).toContain('nothing is live yet');
    });

    it('rejects a challenger that lost more than maxRegression to the champion', () => {
      const verdict = judge([versus(0.01)], reportOf(0.71, { champion: championOf(0.73) }), true);
      expect(verdict).toMatchObject({ verdict: 'rejected', championPresent: true });
      expect(verdict.results[0]).toMatchObject({ champion: 0.73, value: 0.71, threshold: 0.72, operator: '≥' });
    });

    it('allows exactly maxRegression, whatever binary fractions say', () => {
      expect(judge([versus(0.1)], reportOf(0.7, { champion: championOf(0.8) }), true).verdict).toBe('passed');
      expect(
        judge([versus(0)], reportOf(0.7351234567890123, { champion: championOf(0.7351234567890123) }), true).verdict,
      ).toBe('passed');
    });

    it('turns round where lower is better', () => {
      const report = reportOf(0.3, { champion: championOf(0.2) });
      expect(judge([versus(0.05, 'lower')], report, true).results[0]).toMatchObject({
        result: 'rejected',
        operator: '≤',
        threshold: 0.25,
      });
      expect(judge([versus(0.05, 'higher')], report, true).verdict).toBe('passed');
    });

    it.each([
      ['its metrics are missing', {}, 'no metrics of the champion'],
      ['it could not be scored', { champion: { error: 'no such column' } }, 'no such column'],
      [
        'it was scored on other rows',
        { champion: championOf(0.5, { evaluationData: otherRows }) },
        'same evaluation data',
      ],
      [
        'its rows are not told',
        { champion: { binary_classification_metrics: { auc: { value: 0.5 } } } },
        'same evaluation data',
      ],
      ['its metric is NaN', { champion: championOf('NaN') }, 'of the champion is not a number'],
    ])('can not tell when a champion is live and %s', (_case, more, says) => {
      const verdict = judge([versus(0.01)], reportOf(0.9, more), true);
      expect(verdict.verdict).toBe('inconclusive');
      expect(verdict.results[0]?.sentence).toContain(says);
    });
  });

  describe('on slices', () => {
    const slices = {
      origin: { EWR: { rows: 6000, auc: 0.736 }, JFK: { rows: 400, auc: 0.7 }, LGA: { rows: 5000, auc: 0.6 } },
    };

    it('gives a result for each slice, the worst first', () => {
      const verdict = judge([{ metric: 'slices.origin.*.auc', min: 0.65, minRows: 500 }], reportOf(0.7, { slices }));
      expect(verdict.results.map(({ metric, result, rows: count }) => [metric, result, count])).toEqual([
        ['slices.origin.LGA.auc', 'rejected', 5000],
        ['slices.origin.JFK.auc', 'inconclusive', 400],
        ['slices.origin.EWR.auc', 'passed', 6000],
      ]);
    });

    it('can not tell a slice that has no count of rows where one is asked for', () => {
      const report = reportOf(0.7, { slices: { origin: { EWR: { auc: 0.9 } } } });
      expect(judge([{ metric: 'slices.origin.*.auc', min: 0.65, minRows: 1 }], report).verdict).toBe('inconclusive');
    });

    it.each([
      {},
      { slices: {} },
      { slices: { origin: {} } },
      { slices: { origin: [] } },
      { slices: null },
    ])('can not tell when the wildcard matches nothing: %j', (more) => {
      const verdict = judge([{ metric: 'slices.origin.*.auc', min: 0.65 }], reportOf(0.7, more));
      expect(verdict.verdict).toBe('inconclusive');
      expect(verdict.results).toHaveLength(1);
    });

    it('asks for a slice that the champion has and the candidate leaves out', () => {
      const report = reportOf(0.7, {
        slices: { origin: { EWR: { rows: 9, auc: 0.9 } } },
        champion: championOf(0.7, { slices }),
      });
      const verdict = judge(
        [{ metric: 'slices.origin.*.auc', versus: 'champion', maxRegression: 0.02, better: 'higher' }],
        report,
        true,
      );
      expect(verdict.results.map(({ metric, result }) => [metric, result])).toEqual([
        ['slices.origin.JFK.auc', 'inconclusive'],
        ['slices.origin.LGA.auc', 'inconclusive'],
        ['slices.origin.EWR.auc', 'passed'],
      ]);
    });

    it('never reads what a report inherits', () => {
      expect(judge([{ metric: 'constructor.length', max: 10 }], reportOf(0.7)).verdict).toBe('inconclusive');
    });
  });

  it('is inconclusive with no gate at all, and says so', () => {
    expect(judge([], reportOf(0.9))).toMatchObject({
      verdict: 'inconclusive',
      problems: [expect.stringContaining('no gate')],
    });
    expect(inconclusiveVerdict(['evaluation.json is missing.'], true)).toEqual({
      verdict: 'inconclusive',
      results: [],
      problems: ['evaluation.json is missing.'],
      championPresent: true,
    });
  });
});

describe('properties of judging', () => {
  const score = fc.double({ min: -1, max: 2, noNaN: true });
  const anyGate: fc.Arbitrary<Gate> = fc.oneof(
    score.map((min): Gate => ({ metric: AUC, min })),
    fc.double({ min: 0, max: 0.5, noNaN: true }).map((maxRegression) => versus(maxRegression)),
    score.map((min): Gate => ({ metric: 'slices.origin.*.auc', min, minRows: 100 })),
  );
  const anyReport = fc
    .record({
      auc: fc.oneof(score, fc.constant('NaN'), fc.constant(undefined)),
      champion: fc.option(score, { nil: undefined }),
      slice: score,
      count: fc.integer({ min: 0, max: 200 }),
    })
    .map(({ auc, champion, slice, count }) =>
      reportOf(auc, {
        slices: { origin: { EWR: { rows: count, auc: slice } } },
        ...(champion !== undefined && { champion: championOf(champion) }),
      }),
    );

  it('a better metric never turns a pass into a failure', () => {
    fc.assert(
      fc.property(
        fc.array(anyGate, { minLength: 1 }),
        score,
        fc.double({ min: 0, max: 1, noNaN: true }),
        score,
        (gates, auc, gain, champion) => {
          const withAuc = (value: number) =>
            judge(
              gates,
              reportOf(value, {
                slices: { origin: { EWR: { rows: 500, auc: value } } },
                champion: championOf(champion),
              }),
              true,
            );
          return withAuc(auc).verdict !== 'passed' || withAuc(auc + gain).verdict === 'passed';
        },
      ),
    );
  });

  it('the order of the gates never changes the verdict', () => {
    fc.assert(
      fc.property(
        fc.array(anyGate, { minLength: 1, maxLength: 8 }),
        anyReport,
        fc.boolean(),
        (gates, report, expected) => {
          const forwards = judge(gates, report, expected);
          const backwards = judge(gates.toReversed(), report, expected);
          const asTexts = (verdict: typeof forwards) => verdict.results.map((result) => JSON.stringify(result)).sort();
          expect(backwards.verdict).toBe(forwards.verdict);
          expect(asTexts(backwards)).toEqual(asTexts(forwards));
        },
      ),
    );
  });

  it('no value but a finite number ever passes a gate that looks at it', () => {
    const noNumber = fc.anything().filter((value) => !(typeof value === 'number' && Number.isFinite(value)));
    fc.assert(
      fc.property(fc.array(anyGate, { minLength: 1 }), noNumber, fc.boolean(), (gates, value, expected) => {
        const report = reportOf(value, {
          slices: { origin: { EWR: { rows: 500, auc: value } } },
          champion: championOf(0.1),
        });
        return judge(gates, report, expected).verdict !== 'passed';
      }),
    );
  });

  it('the verdict is the worst of its results', () => {
    fc.assert(
      fc.property(fc.array(anyGate, { minLength: 1 }), anyReport, fc.boolean(), (gates, report, expected) => {
        const { verdict, results } = judge(gates, report, expected);
        const has = (wanted: string) => results.some(({ result }) => result === wanted);
        expect(verdict).toBe(has('rejected') ? 'rejected' : has('inconclusive') ? 'inconclusive' : 'passed');
      }),
    );
  });
});
