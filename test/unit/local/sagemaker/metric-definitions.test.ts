import { compileMetrics } from '../../../../local/sagemaker/jobs/metric-definitions.ts';
import { MetricReader } from '../../../../local/sagemaker/jobs/metric-reader.ts';

const at = (seconds: number) => new Date(seconds * 1000);
const definitions = [
  { Name: 'validation:auc', Regex: 'auc=([0-9.]+)' },
  { Name: 'loss', Regex: '(?i)(?P<value>[-+0-9.e]+) loss' },
  { Name: 'epochs', Regex: '\\A[0-9]+\\Z' },
];
let logged: string[];
const readerOf = (given = definitions) => new MetricReader(compileMetrics(given), (line) => logged.push(line));

beforeEach(() => {
  logged = [];
});

describe('metric definitions', () => {
  it('take the first group of each line that matches, or the whole match where there is no group', () => {
    const lines = ['epoch 1 auc=0.71', 'nothing here', '12', 'auc=0.74 auc=0.9', '1e-3 LOSS'];
    const seen = readerOf().read(lines, at(1));
    expect(seen.map(({ name, value }) => [name, value])).toEqual([
      ['validation:auc', 0.71],
      ['epochs', 12],
      ['validation:auc', 0.74],
      ['loss', 0.001],
    ]);
  });

  it('leave out what is no number', () => {
    expect(readerOf().read(['auc=..', 'loss: 0.5'], at(1))).toEqual([]);
  });

  it('end with the last value of each, at the time when it was seen', () => {
    const reader = readerOf();
    reader.read(['auc=0.5', '3'], at(1));
    reader.read(['auc=0.6'], at(2));
    expect(reader.final()).toEqual([
      { MetricName: 'validation:auc', Value: 0.6, Timestamp: at(2) },
      { MetricName: 'epochs', Value: 3, Timestamp: at(1) },
    ]);
  });

  it('are given up when an expression takes for ever', () => {
    const reader = readerOf([{ Name: 'slow', Regex: '^(a+)+$' }]);
    expect(reader.read([`${'a'.repeat(60)}b`], at(1))).toEqual([]);
    expect(reader.read(['aaa'], at(2))).toEqual([]);
    expect(logged).toEqual([expect.stringContaining('took too long on its log')]);
  });

  it('refuse an expression that can not be compiled, and say which', () => {
    expect(() => compileMetrics([{ Name: 'auc', Regex: 'auc=([0-9' }])).toThrow(
      "The regular expression 'auc=([0-9' of the metric auc in MetricDefinitions is invalid",
    );
  });
});
