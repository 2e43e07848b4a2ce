import type { Baseline, BaselineFeature } from './baseline.ts';
import type { BaselineOptions } from './build-baseline.ts';
import { categoryKey } from './category-key.ts';
import { binsOfBuckets } from './model-monitor-buckets.ts';
import { ModelMonitorConstraints, ModelMonitorStatistics } from './model-monitor-files.ts';

export type ReadModelMonitorBaseline =
  | { outcome: 'read'; baseline: Baseline }
  | { outcome: 'refused'; sentence: string };

type MonitoredFeature = ModelMonitorStatistics['features'][number];

/** Whether parsed JSON looks like Model Monitor's `statistics.json` rather than like a baseline of ours. */
export function isModelMonitorStatistics(json: unknown): boolean {
  return ModelMonitorStatistics.safeParse(json).success;
}

/**
 * A baseline from the files of SageMaker Model Monitor, which is closed to new customers. The buckets of its sketches become
 * bins, so the baseline is `approximate`. Columns named as target or prediction are no features, as in a baseline of our own.
 */
export function readModelMonitorBaseline(
  files: { statistics: unknown; constraints?: unknown },
  options: Pick<BaselineOptions, 'model' | 'target' | 'prediction'> = {},
): ReadModelMonitorBaseline {
  const statistics = ModelMonitorStatistics.safeParse(files.statistics);
  if (!statistics.success) return refused("This is no statistics.json of SageMaker's Model Monitor.");
  const constraints = ModelMonitorConstraints.safeParse(files.constraints ?? { features: [] });
  if (!constraints.success) return refused("This is no constraints.json of SageMaker's Model Monitor.");
  const { features, dataset } = statistics.data;
  const { target, prediction, model = null } = options;
  for (const name of [target, prediction]) {
    if (name !== undefined && !features.some((feature) => feature.name === name)) {
      return refused(`The statistics have no column ${name}.`);
    }
  }
  const rows = Math.max(Math.round(dataset.item_count), ...features.map(rowsOf));
  const columns: BaselineFeature[] = [];
  for (const feature of features.filter(({ name }) => name !== target)) {
    if (columns.some(({ name }) => name === feature.name)) return refused(`The statistics name ${feature.name} twice.`);
    const column = columnOf(feature, domainOf(feature.name, constraints.data), rows);
    if (!column) return refused(`The statistics have no distribution of the column ${feature.name}.`);
    columns.push(column);
  }
  const watched = columns.filter(({ name }) => name !== prediction);
  if (watched.length === 0) return refused('The statistics have no feature columns.');
  return {
    outcome: 'read',
    baseline: {
      schema: 'mlops/drift-baseline/v1',
      model,
      rows,
      features: watched,
      prediction: columns.find(({ name }) => name === prediction) ?? null,
      approximate: true,
    },
  };
}

function columnOf(feature: MonitoredFeature, allowed: readonly string[], rows: number): BaselineFeature | undefined {
  const { name, numerical_statistics: numbers, string_statistics: texts } = feature;
  if (numbers) {
    const present = Math.round(numbers.common.num_present);
    const shared = { name, kind: 'numeric' as const, present, missing: rows - present, invalid: 0 };
    const { mean, std_dev: standardDeviation, min: minimum, max: maximum } = numbers;
    const buckets = numbers.distribution?.kll?.buckets ?? [];
    if (present === 0) {
      const none = { mean: null, standardDeviation: null, minimum: null, maximum: null };
      return { ...shared, ...none, edges: [], counts: [0], sums: [0], deciles: [] };
    }
    if (mean === null || standardDeviation === null || minimum === null || maximum === null) return undefined;
    const bins = binsOfBuckets(buckets, { present, mean, minimum, maximum });
    return bins && { ...shared, mean, standardDeviation: Math.max(0, standardDeviation), minimum, maximum, ...bins };
  }
  if (!texts) return undefined;
  const counts = new Map<string, number>();
  for (const { value, count } of texts.distribution?.categorical?.buckets ?? []) {
    const key = categoryKey(value);
    counts.set(key, (counts.get(key) ?? 0) + Math.round(count));
  }
  for (const value of allowed) counts.set(categoryKey(value), counts.get(categoryKey(value)) ?? 0);
  const domain = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, 10_000);
  const named = domain.reduce((sum, { count }) => sum + count, 0);
  const present = Math.min(rows, Math.max(Math.round(texts.common.num_present), named));
  if (named > present) return undefined;
  return { name, kind: 'categorical', present, missing: rows - present, invalid: 0, domain, other: present - named };
}

function domainOf(name: string, { features }: ModelMonitorConstraints): readonly string[] {
  return features.find((feature) => feature.name === name)?.string_constraints?.domains ?? [];
}

function rowsOf({ numerical_statistics: numbers, string_statistics: texts }: MonitoredFeature): number {
  const common = numbers?.common ?? texts?.common;
  return common ? Math.round(common.num_present + common.num_missing) : 0;
}

function refused(sentence: string): ReadModelMonitorBaseline {
  return { outcome: 'refused', sentence };
}
