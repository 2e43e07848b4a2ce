/** One concrete place in a report: `metric` names it, `value` stands there, `rows` is its neighbour of that name. */
export type MetricReading = { metric: string; value: unknown; rows: unknown };

type Node = { [key: string]: unknown };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The keys that `*` stands for at one level: `rows` counts a slice and is no metric of it. */
function keysOf(node: Node): string[] {
  return Object.keys(node).filter((key) => key !== 'rows');
}

/**
 * Every concrete path of `pattern` in the report, in the report's order. A path without `*` is always read once, with the
 * value `undefined` where the report lacks it; a `*` that matches nothing gives nothing.
 */
export function readMetric(report: unknown, pattern: string): MetricReading[] {
  return readLevel(report, pattern.split('.'), []);
}

function readLevel(node: unknown, [key, ...rest]: string[], walked: string[]): MetricReading[] {
  if (key === undefined) return [];
  if (key === '*') {
    return isNode(node) ? keysOf(node).flatMap((name) => readLevel(node, [name, ...rest], walked)) : [];
  }
  const path = [...walked, key];
  const value = isNode(node) && Object.hasOwn(node, key) ? node[key] : undefined;
  if (rest.length === 0) return [{ metric: path.join('.'), value, rows: isNode(node) ? node.rows : undefined }];
  return readLevel(value, rest, path);
}
