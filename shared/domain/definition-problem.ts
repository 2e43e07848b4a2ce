import { pathText } from './describe-issue.ts';

/** Something wrong in a pipeline definition; `path` leads to it, and the sentence names it. */
export type DefinitionProblem = { path: (string | number)[]; sentence: string };

export function problemAt(path: (string | number)[], says: string): DefinitionProblem {
  return { path, sentence: `${pathText(path)} ${says}` };
}

/** A value somewhere in a step's Arguments with its place. */
export type PlacedValue = { path: (string | number)[]; key: string; value: unknown };

/** Every member at any depth below a value, the outer before the inner; entries of lists have the key of their list. */
export function valuesBelow(value: unknown, path: (string | number)[], key = ''): PlacedValue[] {
  if (Array.isArray(value)) return value.flatMap((entry: unknown, index) => withSelf(entry, [...path, index], key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => withSelf(member, [...path, name], name));
}

function withSelf(value: unknown, path: (string | number)[], key: string): PlacedValue[] {
  return [{ path, key, value }, ...valuesBelow(value, path, key)];
}

/** The text of `{"Get": "…"}`, `undefined` for anything else. */
export function referenceIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('Get' in value)) return undefined;
  return typeof value.Get === 'string' && Object.keys(value).length === 1 ? value.Get : undefined;
}

/** The first part of `{"Std:Join": {"On": "/", "Values": [first, …]}}`, or the value itself. */
export function beginningOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('Std:Join' in value)) return value;
  const join = value['Std:Join'];
  if (typeof join !== 'object' || join === null || !('Values' in join) || !Array.isArray(join.Values)) return value;
  const [first]: unknown[] = join.Values;
  return beginningOf(first);
}
