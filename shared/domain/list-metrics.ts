import type { EvaluationReport, MetricTree } from './evaluation-report.ts';
import type { Metric, Slice } from './review-packet.ts';

/** Numbers of the report outside its slices, each with the champion's on the same rows where there is one. */
export function listMetrics(report: EvaluationReport): Metric[] {
  const { slices: _slices, champion, evaluationData: _data, ...rest } = report;
  return numbersOf(rest).map(([path, value]) => withChampion(path, value, numberAt(champion, path)));
}

/** Slices as `slices.<dimension>.<name>`, the order of the report. */
export function listSlices(report: EvaluationReport): Slice[] {
  return treesIn(report.slices).flatMap(([dimension, names]) =>
    treesIn(names).map(([name, slice]) => {
      const { rows, ...metrics } = slice;
      return {
        dimension,
        name,
        ...(typeof rows === 'number' && Number.isFinite(rows) && { rows }),
        metrics: numbersOf(metrics).map(([path, value]) =>
          withChampion(path, value, numberAt(report.champion, `slices.${dimension}.${name}.${path}`)),
        ),
      };
    }),
  );
}

/** The champion's values by the path that a gate would name. */
export function championValues(metrics: readonly Metric[], slices: readonly Slice[]): ReadonlyMap<string, number> {
  const named = [
    ...metrics.map(({ path, champion }) => [path, champion] as const),
    ...slices.flatMap(({ dimension, name, metrics: own }) =>
      own.map(({ path, champion }) => [`slices.${dimension}.${name}.${path}`, champion] as const),
    ),
  ];
  return new Map(named.flatMap(([path, champion]) => (champion === undefined ? [] : [[path, champion] as const])));
}

function withChampion(path: string, value: number, champion: number | undefined): Metric {
  return champion === undefined ? { path, value } : { path, value, champion };
}

function isTree(value: unknown): value is MetricTree {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function treesIn(value: unknown): [string, MetricTree][] {
  return isTree(value) ? Object.entries(value).filter((entry): entry is [string, MetricTree] => isTree(entry[1])) : [];
}

function numbersOf(tree: MetricTree, prefix = ''): [string, number][] {
  return Object.entries(tree).flatMap(([key, member]): [string, number][] => {
    const path = `${prefix}${key}`;
    if (typeof member === 'number' && Number.isFinite(member)) return [[path, member]];
    return isTree(member) ? numbersOf(member, `${path}.`) : [];
  });
}

function numberAt(tree: unknown, path: string): number | undefined {
  const found = path
    .split('.')
    .reduce<unknown>((at, key) => (isTree(at) && Object.hasOwn(at, key) ? at[key] : undefined), tree);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}
