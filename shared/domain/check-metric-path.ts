const BEST_CONSTANT = ['accuracy', 'precision', 'recall', 'f0_5', 'f1', 'f2'];

const binary = [
  ...BEST_CONSTANT,
  ...BEST_CONSTANT.map((metric) => `${metric}_best_constant_classifier`),
  'auc',
  'true_positive_rate',
  'true_negative_rate',
  'false_positive_rate',
  'false_negative_rate',
];
const weighted = ['accuracy', 'weighted_precision', 'weighted_recall', 'weighted_f0_5', 'weighted_f1', 'weighted_f2'];

/** Metric names of SageMaker's evaluation reports (developer guide, model-monitor-model-quality-metrics). */
const knownMetrics: Readonly<Record<string, readonly string[]>> = {
  regression_metrics: ['mae', 'mse', 'rmse', 'r2'],
  binary_classification_metrics: binary,
  multiclass_classification_metrics: [...weighted, ...weighted.map((metric) => `${metric}_best_constant_classifier`)],
};

/** Where an author's own metrics stand in the report; below it any path is allowed. */
const OWN_METRICS = 'custom_metrics';

/** Whether a gate's path can stand for a number in a report; if not, a sentence that says what to write instead. */
export function checkMetricPath(metric: string): { sound: true } | { sound: false; sentence: string } {
  const [group = '', name, leaf, ...rest] = metric.split('.');
  if (group === OWN_METRICS) return name === undefined ? unsound(`\`${metric}\` names no metric.`) : { sound: true };
  if (group === 'slices') {
    const depth = metric.split('.').length;
    return depth === 4
      ? { sound: true }
      : unsound(`\`${metric}\` is no metric of a slice: write \`slices.<feature>.<value or *>.<metric>\`.`);
  }
  const names = Object.hasOwn(knownMetrics, group) ? knownMetrics[group] : undefined;
  if (!names)
    return unsound(
      `\`${metric}\` is an unknown metric: it must begin with ${[...Object.keys(knownMetrics), 'slices', OWN_METRICS].join(', ')}.`,
    );
  if (name === 'confusion_matrix') return { sound: true };
  if (name === undefined || (name !== '*' && !names.includes(name))) {
    return unsound(
      `\`${metric}\` is an unknown metric: ${group} has ${names.join(', ')}; metrics of your own belong under ${OWN_METRICS}.`,
    );
  }
  if (rest.length > 0 || (leaf !== 'value' && leaf !== 'standard_deviation')) {
    return unsound(`\`${metric}\` is not a number of the report: write \`${group}.${name}.value\`.`);
  }
  return { sound: true };
}

function unsound(sentence: string): { sound: false; sentence: string } {
  return { sound: false, sentence };
}
