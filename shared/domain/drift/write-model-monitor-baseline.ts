import type { Baseline, BaselineFeature, CategoricalFeature, NumericFeature } from './baseline.ts';

/**
 * The files by which other tools know a baseline: SageMaker Model Monitor's `statistics.json` and `constraints.json`. The prediction
 * is their last feature. Our bins are their buckets; the sketch itself, which we don't keep, is left out.
 */
export function writeModelMonitorBaseline(baseline: Baseline): { statistics: object; constraints: object } {
  const columns = [...baseline.features, ...(baseline.prediction ? [baseline.prediction] : [])];
  return {
    statistics: { version: 0, dataset: { item_count: baseline.rows }, features: columns.map(statisticsOf) },
    constraints: { version: 0, features: columns.map(constraintsOf), monitoring_config: MONITORING },
  };
}

/** Model Monitor's own defaults: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html */
const MONITORING = {
  evaluate_constraints: 'Enabled',
  emit_metrics: 'Enabled',
  datatype_check_threshold: 1,
  domain_content_threshold: 1,
  distribution_constraints: {
    perform_comparison: 'Enabled',
    comparison_threshold: 0.1,
    comparison_method: 'Robust',
  },
};

function statisticsOf(feature: BaselineFeature): object {
  const { name, present, missing, invalid } = feature;
  const common = { num_present: present, num_missing: missing + invalid };
  const inferred = { name, inferred_type: inferredTypeOf(feature) };
  return feature.kind === 'numeric'
    ? { ...inferred, numerical_statistics: { common, ...numbersOf(feature) } }
    : { ...inferred, string_statistics: { common, ...textsOf(feature) } };
}

function numbersOf({ mean, standardDeviation, minimum, maximum, edges, counts, sums }: NumericFeature): object {
  if (minimum === null || maximum === null) return {};
  const buckets = counts.map((count, index) => {
    const lower = edges[index - 1] ?? Math.min(minimum, edges[0] ?? minimum);
    return { lower_bound: lower, upper_bound: edges[index] ?? Math.max(maximum, lower), count };
  });
  return {
    mean,
    sum: sums.reduce((sum, value) => sum + value, 0),
    std_dev: standardDeviation,
    min: minimum,
    max: maximum,
    distribution: { kll: { buckets } },
  };
}

function textsOf({ domain, other }: CategoricalFeature): object {
  return {
    distinct_count: domain.length + (other > 0 ? 1 : 0),
    distribution: { categorical: { buckets: domain } },
  };
}

function constraintsOf(feature: BaselineFeature): object {
  const { name, present, missing, invalid } = feature;
  const rows = present + missing + invalid;
  return {
    name,
    inferred_type: inferredTypeOf(feature),
    completeness: rows === 0 ? 1 : present / rows,
    ...(feature.kind === 'numeric'
      ? { num_constraints: { is_non_negative: feature.minimum !== null && feature.minimum >= 0 } }
      : // A domain that left out the rarer values allows no conclusion from a value outside it.
        feature.other === 0 && { string_constraints: { domains: feature.domain.map(({ value }) => value) } }),
  };
}

function inferredTypeOf(feature: BaselineFeature): string {
  if (feature.present === 0) return 'Unknown';
  if (feature.kind === 'categorical') return 'String';
  const { minimum, maximum, sums } = feature;
  return [minimum, maximum, ...sums].every(Number.isInteger) ? 'Integral' : 'Fractional';
}
