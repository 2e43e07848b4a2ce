import { isObject, type Payload } from './read-payload.ts';
import { splitCsv } from './split-csv.ts';

/** Rows whose cells stand in the baseline's order, or what their shape is where it is another one. */
export type RowsRead = { rows: readonly unknown[][] } | { expected: string; found: string };

type Shape = { expected: string; found: string };
class OtherShape {
  readonly shape: Shape;
  constructor(shape: Shape) {
    this.shape = shape;
  }
}

/**
 * The feature rows of a request. CSV and JSON arrays are matched by the baseline's order, and must have as many columns; JSON
 * objects by name: a name that is absent is missing, and further names are left aside as long as no feature is absent, since an
 * absent feature beside an unknown name is a renamed one. A first line of CSV that equals the features' names is a header.
 */
export function readRows(payload: Payload, names: readonly string[]): RowsRead {
  try {
    if (payload.format === 'json')
      return { rows: payload.documents.flatMap((document) => rowsOf(document, names, true)) };
    const rows = splitCsv(payload.text);
    const [first] = rows;
    if (first?.length === names.length && names.every((name, i) => name === first[i])) rows.shift();
    for (const row of rows) requireColumns(row, names);
    return { rows };
  } catch (error) {
    if (error instanceof OtherShape) return error.shape;
    throw error;
  }
}

/**
 * `[1, 2]`, `[[1, 2], [3, 4]]`, `{"a": 1, "b": 2}`, `{"features": …}`, `{"instances": […]}` and SageMaker's
 * `{"data": {"features": {"values": [1, 2]}}}`. @param whole whether a list may be several rows
 */
function rowsOf(value: unknown, names: readonly string[], whole: boolean): unknown[][] {
  if (Array.isArray(value)) {
    const cells: unknown[] = value;
    if (whole && (cells.length === 0 || cells.some(isComposite)))
      return cells.flatMap((cell) => rowsOf(cell, names, false));
    return [requireColumns(cells, names)];
  }
  if (!isObject(value)) return [requireColumns([value], names)];
  if (names.some((name) => Object.hasOwn(value, name))) return [cellsByName(value, names)];
  const { instances, features, data } = value;
  if (Array.isArray(instances)) return instances.flatMap((instance: unknown) => rowsOf(instance, names, false));
  if (isComposite(features)) return rowsOf(features, names, true);
  if (isObject(data) && isObject(data.features) && Array.isArray(data.features.values))
    return rowsOf(data.features.values, names, false);
  return [cellsByName(value, names)];
}

function isComposite(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function requireColumns<Cell>(cells: Cell[], names: readonly string[]): Cell[] {
  if (cells.length === names.length) return cells;
  throw new OtherShape({ expected: columns(names.length), found: columns(cells.length) });
}

function columns(count: number): string {
  return count === 1 ? '1 column' : `${count} columns`;
}

function cellsByName(row: Record<string, unknown>, names: readonly string[]): unknown[] {
  const absent = names.filter((name) => !Object.hasOwn(row, name));
  if (absent.length > 0) {
    const unknown = Object.keys(row).filter((name) => !names.includes(name));
    if (unknown.length > 0 || absent.length === names.length)
      throw new OtherShape({
        expected: `the names ${list(names)}`,
        found: unknown.length > 0 ? `${list(unknown)} in the place of ${list(absent)}` : 'no names',
      });
  }
  return names.map((name) => (Object.hasOwn(row, name) ? row[name] : null));
}

/** A few names, shortened: what was captured decides how many there are, and how long. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ');
}
