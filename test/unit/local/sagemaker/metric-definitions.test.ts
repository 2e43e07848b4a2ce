import { compileMetrics, finalMetrics, metricsIn } from '../../../../local/sagemaker/jobs/metric-definitions.ts';

const at = (seconds: number) => new Date(seconds * 1000);
const definitions = compileMetrics([
  { Name: 'validation:auc', Regex: 'auc=([0-9.]+)' },
  { Name: 'loss', Regex: '(?P<name>loss): ?(?P<value>[-+0-9.e]+)' },
  { Name: 'epochs', Regex: '^[0-9]+$' },
]);

describe('metric definitions', () => {
  it('take the first group of each line that matches, or the whole match where there is no group', () => {
    const lines = ['epoch 1 auc=0.71', 'nothing here', '12', 'auc=0.74 auc=0.9'];
    expect(metricsIn(lines, definitions, at(1)).map(({ name, value }) => [name, value])).toEqual([
      ['validation:auc', 0.71],
      ['epochs', 12],
      ['validation:auc', 0.74],
    ]);
  });

  it('leave out what is no number', () => {
    expect(metricsIn(['auc=..', 'loss: 0.5'], definitions, at(1))).toEqual([]);
  });

  it('end with the last value of each, at the time when it was seen', () => {
    const seen = [...metricsIn(['auc=0.5', '3'], definitions, at(1)), ...metricsIn(['auc=0.6'], definitions, at(2))];
    expect(finalMetrics(seen)).toEqual([
      { MetricName: 'validation:auc', Value: 0.6, Timestamp: at(2) },
      { MetricName: 'epochs', Value: 3, Timestamp: at(1) },
    ]);
  });

  it('refuse an expression that can not be compiled, and say which', () => {
    expect(() => compileMetrics([{ Name: 'auc', Regex: 'auc=([0-9' }])).toThrow(
      "The regular expression 'auc=([0-9' of the metric auc in MetricDefinitions is invalid",
    );
  });
});
