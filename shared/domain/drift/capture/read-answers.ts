import { isObject, type Payload } from './read-payload.ts';
import { splitCsv } from './split-csv.ts';

/** Stands for an answer that can't be read: it is neither missing nor a value. */
export const UNREADABLE = Symbol('unreadable');

/**
 * What the model answered, one value a row. CSV: the first column of each line; one line with as many columns as there were rows
 * is one answer a row. JSON: see `answersOf`.
 */
export function readAnswers(payload: Payload | 'unreadable' | undefined, name: string, rows: number): unknown[] {
  if (payload === undefined) return [];
  if (payload === 'unreadable') return [UNREADABLE];
  if (payload.format === 'json') return payload.documents.flatMap((document) => answersOf(document, name));
  const lines = splitCsv(payload.text);
  const [first = []] = lines;
  if (lines.length === 1 && rows > 1 && first.length === rows) return first;
  return lines.map(([answer]) => answer);
}

/**
 * `0.1`, `[0.1, 0.2]`, `[[0.1], [0.2]]`, `{"score": 0.1}` and `{"predictions": [0.1 | [0.1] | {"score": 0.1, …}]}`: in an object
 * the baseline's name for the prediction, else `score`, else its only value. It looks at the shape only, never at a value.
 */
export function answersOf(document: unknown, name: string): unknown[] {
  if (Array.isArray(document)) return document.map((element: unknown) => answerOf(element, name));
  if (isObject(document) && Array.isArray(document.predictions)) return answersOf(document.predictions, name);
  return [answerOf(document, name)];
}

function answerOf(element: unknown, name: string): unknown {
  if (Array.isArray(element)) return answerOf(element[0], name);
  if (!isObject(element)) return element;
  const values = Object.values(element);
  const named = [name, 'score'].find((key) => Object.hasOwn(element, key));
  if (named !== undefined) return answerOf(element[named], name);
  return values.length === 1 ? answerOf(values[0], name) : null;
}
