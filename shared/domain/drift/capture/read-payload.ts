/** What was captured of one side of a call: rows of CSV, or one or several JSON documents (JSON lines). */
export type Payload = { format: 'csv'; text: string } | { format: 'json'; documents: unknown[] };

/**
 * `endpointInput` or `endpointOutput` of a capture record. Its `encoding` tells the format; BASE64 (SageMaker's default where no
 * content type is listed) only hides it, and then the content type tells, or else the first character.
 * Answers `undefined` where there is nothing, and `unreadable` for what can't be read as either.
 */
export function readPayload(side: unknown): Payload | 'unreadable' | undefined {
  if (!isObject(side) || typeof side.data !== 'string') return undefined;
  const { data, encoding, observedContentType } = side;
  const text = encoding === 'BASE64' ? decodeBase64(data) : data;
  if (text === undefined) return 'unreadable';
  if (encoding === 'CSV') return { format: 'csv', text };
  if (encoding === 'JSON') return readJson(text);
  if (encoding !== 'BASE64' && encoding !== undefined) return 'unreadable';
  const contentType = typeof observedContentType === 'string' ? observedContentType : '';
  if (/csv/i.test(contentType)) return { format: 'csv', text };
  if (/json/i.test(contentType) || /^\s*[[{]/.test(text)) return readJson(text);
  return { format: 'csv', text };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodeBase64(data: string): string | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(data, 'base64'));
  } catch {
    // Images, Parquet and the like are no rows.
    return undefined;
  }
}

function readJson(text: string): Payload | 'unreadable' {
  const whole = parseDocument(text);
  if (whole !== undefined) return { format: 'json', documents: [whole] };
  const documents = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseDocument);
  return documents.includes(undefined) ? 'unreadable' : { format: 'json', documents };
}

/**
 * A string of JSON, or one of the words that Python's `json` writes for numbers that JSON has not. A string that is not closed
 * goes to the end: were it given up instead, the next quote would begin it again, and again.
 */
const STRING_OR_NO_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?\b(?:NaN|Infinity)\b/gs;

/** Requests as clients send them: `NaN` and `Infinity` become text, which is an invalid value and no reason to lose its row. */
function parseDocument(text: string): unknown {
  const parsed = parseJson(text);
  if (parsed !== undefined || !/NaN|Infinity/.test(text)) return parsed;
  try {
    return parseJson(text.replace(STRING_OR_NO_NUMBER, (part) => (part.startsWith('"') ? part : `"${part}"`)));
  } catch {
    // A string with millions of escapes is more than the expression can take: no client means that.
    return undefined;
  }
}

/** `undefined` is no JSON value: it stands for text that is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
