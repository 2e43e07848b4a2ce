import { championValues, listMetrics, listSlices } from '../../../shared/domain/list-metrics.ts';

const report = {
  evaluationData: { sha256: 'd'.repeat(64), rows: 10 },
  binary_classification_metrics: { auc: { value: 0.73, standard_deviation: 'NaN' }, labels: ['late'] },
  slices: { origin: { EWR: { rows: 6, auc: 0.74, note: 'x' }, JFK: { auc: 0.7 } }, broken: 3 },
  champion: { binary_classification_metrics: { auc: { value: 0.72 } }, slices: { origin: { EWR: { auc: 0.75 } } } },
};

describe('the numbers of a report', () => {
  it('are its metrics, each beside the champion, without what is no number', () => {
    expect(listMetrics(report)).toEqual([
      { path: 'binary_classification_metrics.auc.value', value: 0.73, champion: 0.72 },
    ]);
  });

  it('are its slices by dimension, with their rows where they are said', () => {
    expect(listSlices(report)).toEqual([
      { dimension: 'origin', name: 'EWR', rows: 6, metrics: [{ path: 'auc', value: 0.74, champion: 0.75 }] },
      { dimension: 'origin', name: 'JFK', metrics: [{ path: 'auc', value: 0.7 }] },
    ]);
  });

  it("give the champion's values by the path of a gate", () => {
    expect([...championValues(listMetrics(report), listSlices(report))]).toEqual([
      ['binary_classification_metrics.auc.value', 0.72],
      ['slices.origin.EWR.auc', 0.75],
    ]);
  });

  it('are none where the report has none', () => {
    const empty = { evaluationData: report.evaluationData };
    expect([listMetrics(empty), listSlices(empty)]).toEqual([[], []]);
  });
});
