import type { BaselineFeature } from '../baseline.ts';
import { findLeaves, type JsonLeaf } from './json-tokens.ts';
import { answersOf } from './read-answers.ts';
import { parseJson } from './read-payload.ts';

/** What may stand between two constant parts of a line; the numbers are those of kernel/scan-lines.ts. */
export const Hole = { end: 0, text: 1, scalar: 2, time: 3, rows: 4, answers: 5, answer: 6, string: 7 } as const;
export type Hole = (typeof Hole)[keyof typeof Hole];

/** Constant text, a byte a character, and the hole behind it. The last hole is the line's end. */
export type Segment = { literal: string; hole: Hole };
type Gap = { from: number; to: number; hole: Hole };

const INPUT = 'captureData.endpointInput';
const OUTPUT = 'captureData.endpointOutput';
const TIME = 'eventMetadata.inferenceTime';

/**
 * A line like this one, with holes for what differs from line to line: rows of CSV, the model's answers, ids and times. Whatever
 * fills the holes with plain text, `decodeRecord` finds the same structure as in this line, so that the fast path may skip it.
 * @param line a record that `decodeRecord` could read, its bytes as characters (latin1)
 * @returns undefined for a line that has no place in the fast path: BASE64, rows of JSON, and what is unusual
 */
export function learnTemplate(line: string, prediction: BaselineFeature | null): Segment[] | undefined {
  const leaves = findLeaves(line, false);
  if (leaves === undefined) return undefined;
  const byPath = new Map(leaves.map((leaf) => [leaf.path, leaf]));
  const textAt = (path: string) => textOf(line, byPath.get(path));
  const rows = byPath.get(`${INPUT}.data`);
  if (rows?.kind !== 'string' || textAt(`${INPUT}.encoding`) !== 'CSV') return undefined;

  const gaps: Gap[] = [{ ...rows, hole: Hole.rows }];
  const output = byPath.get(`${OUTPUT}.data`);
  if (output?.kind === 'string') {
    const found = outputGaps(line, output, textAt(`${OUTPUT}.encoding`), prediction);
    if (found === undefined) return undefined;
    gaps.push(...found);
  }
  for (const { path, kind, from, to } of leaves) {
    if (!path.startsWith('eventMetadata.') || kind !== 'string') continue;
    gaps.push({ from, to, hole: path === TIME ? Hole.time : Hole.text });
  }
  return cutOut(line, gaps);
}

function textOf(line: string, leaf: JsonLeaf | undefined): string | undefined {
  return leaf?.kind === 'string' ? line.slice(leaf.from, leaf.to) : undefined;
}

function outputGaps(
  line: string,
  output: JsonLeaf,
  encoding: string | undefined,
  prediction: BaselineFeature | null,
): Gap[] | undefined {
  if (prediction === null) return [{ ...output, hole: Hole.string }];
  if (encoding === 'CSV') return [{ ...output, hole: Hole.answers }];
  if (encoding !== 'JSON' || prediction.kind !== 'numeric') return undefined;
  const gaps = documentGaps(line.slice(output.from, output.to), prediction.name);
  return gaps?.map(({ from, to, hole }) => ({ from: from + output.from, to: to + output.from, hole }));
}

/**
 * Holes in a JSON answer, which stands escaped in the line. Which of its values are the model's answers is asked of `answersOf`
 * itself, with the values' numbers in the place of the values: it decides by shape alone.
 */
function documentGaps(text: string, predictionName: string): Gap[] | undefined {
  const leaves = findLeaves(text, true);
  const escapes = text.replaceAll(/\\["nrt]/g, '');
  if (leaves === undefined || escapes.includes('\\')) return undefined;
  const document = parseJson(unescapeOf(cutAndNumber(text, leaves)));
  if (document === undefined) return undefined;
  const answers = answersOf(document, predictionName);
  if (answers.some((answer, i) => typeof answer !== 'number' || (i > 0 && answer <= Number(answers[i - 1]))))
    return undefined;
  const answering = new Set(answers);
  if (leaves.some(({ kind }, i) => answering.has(i) && kind === 'string')) return undefined;
  return leaves.map(({ kind, from, to }, i) => {
    if (kind === 'string') return { from, to, hole: Hole.text };
    return { from, to, hole: answering.has(i) ? Hole.answer : Hole.scalar };
  });
}

function cutAndNumber(text: string, leaves: readonly JsonLeaf[]): string {
  let place = 0;
  let numbered = '';
  for (const [i, { kind, from, to }] of leaves.entries()) {
    const quote = kind === 'string' ? 2 : 0;
    numbered += `${text.slice(place, from - quote)}${i}`;
    place = to + quote;
  }
  return numbered + text.slice(place);
}

function unescapeOf(text: string): string {
  return text.replaceAll('\\"', '"').replaceAll(/\\[nrt]/g, ' ');
}

function cutOut(line: string, gaps: readonly Gap[]): Segment[] {
  const segments: Segment[] = [];
  let place = 0;
  for (const { from, to, hole } of gaps.toSorted((a, b) => a.from - b.from)) {
    segments.push({ literal: line.slice(place, from), hole });
    place = to;
  }
  return [...segments, { literal: line.slice(place), hole: Hole.end }];
}
