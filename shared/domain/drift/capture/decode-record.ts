import { readAnswers } from './read-answers.ts';
import { isObject, parseJson, readPayload } from './read-payload.ts';
import { readRows } from './read-rows.ts';

/** Records of this time only: from inclusive, to exclusive, in milliseconds since 1970. */
export type CaptureWindow = { fromMillis: number; toMillis: number };

/** A line of a capture file. `outside` is a record of another time. */
export type DecodedLine =
  | { kind: 'blank' }
  | { kind: 'invalid' }
  | { kind: 'outside' }
  | { kind: 'mismatch'; expected: string; found: string }
  | { kind: 'record'; rows: readonly unknown[][]; answers: readonly unknown[] };

const INVALID: DecodedLine = { kind: 'invalid' };
const INFERENCE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads one line, whatever it holds; it never throws. A line that is no capture record (broken JSON, labels, other shapes), and
 * in a window a record without a time, is invalid. @param predictionName undefined where the baseline knows no prediction
 */
export function decodeRecord(
  line: string,
  names: readonly string[],
  predictionName: string | undefined,
  window: CaptureWindow | undefined,
): DecodedLine {
  const text = line.trim();
  if (text === '') return { kind: 'blank' };
  const record = parseJson(text);
  if (!isObject(record) || !isObject(record.captureData)) return INVALID;
  const { endpointInput, endpointOutput } = record.captureData;
  if (!isObject(endpointInput) || typeof endpointInput.data !== 'string') return INVALID;
  if (window !== undefined) {
    const millis = inferenceTime(record.eventMetadata);
    if (Number.isNaN(millis)) return INVALID;
    if (millis < window.fromMillis || millis >= window.toMillis) return { kind: 'outside' };
  }
  const request = readPayload(endpointInput);
  if (request === undefined || request === 'unreadable') return INVALID;
  const read = readRows(request, names);
  if ('found' in read) return { kind: 'mismatch', ...read };
  if (predictionName === undefined) return { kind: 'record', rows: read.rows, answers: [] };
  const answers = readAnswers(readPayload(endpointOutput), predictionName, read.rows.length);
  return { kind: 'record', rows: read.rows, answers };
}

/** NaN where there is none that can be read. */
function inferenceTime(metadata: unknown): number {
  const time = isObject(metadata) ? metadata.inferenceTime : undefined;
  return typeof time === 'string' && INFERENCE_TIME.test(time) ? Date.parse(time) : Number.NaN;
}
