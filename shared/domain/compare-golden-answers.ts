import * as z from 'zod';

/** The largest file of golden answers that is read, in bytes. */
export const MAX_GOLDEN_BYTES = 5 * 1024 * 1024;

/** One line of `golden-answers.jsonl`, which postprocess writes: what the candidate itself answered to an input. */
export const GoldenAnswer = z.object({ input: z.string(), contentType: z.string(), output: z.unknown() });
export type GoldenAnswer = z.infer<typeof GoldenAnswer>;

export type Comparison = { outcome: 'same' } | { outcome: 'different'; sentence: string };

const MAX_SHOWN = 80;

/** Reads `golden-answers.jsonl`; a bad line is a sentence with its number. */
export function parseGoldenAnswers(bytes: Uint8Array): { answers: GoldenAnswer[] } | { problem: string } {
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((text, index) => ({ text, number: index + 1 }));
  const answers: GoldenAnswer[] = [];
  for (const { text, number } of lines.filter((line) => line.text.trim() !== '')) {
    const parsed = GoldenAnswer.safeParse(parseJson(text).json);
    if (!parsed.success)
      return { problem: `golden-answers.jsonl, line ${number}, is not {"input", "contentType", "output"} as JSON.` };
    answers.push(parsed.data);
  }
  return answers.length > 0
    ? { answers }
    : { problem: 'golden-answers.jsonl has no line: give golden.jsonl at least one input.' };
}

/**
 * Compares what an endpoint answered with what the candidate had answered to the same input. Numbers may differ by
 * `tolerance` (absolute); all else is equal: keys, lengths, texts. Text that is no JSON is compared as comma-separated values.
 */
export function compareAnswer(expected: unknown, seenBody: string, tolerance: number): Comparison {
  const parsed = parseJson(seenBody);
  const seen = 'json' in parsed ? parsed.json : seenBody;
  const asValues = typeof expected === 'string' && !('json' in parsed && typeof seen === 'string');
  const value = asValues ? valuesOf(expected) : expected;
  const other = asValues ? valuesOf(seenBody) : seen;
  const difference = firstDifference(value, other, tolerance, '');
  if (!difference) return { outcome: 'same' };
  const place = difference.path === '' ? 'the answer' : difference.path.replace(/^\./, '');
  return {
    outcome: 'different',
    sentence: `${place}: expected ${shown(difference.expected)}, seen ${shown(difference.seen)}.`,
  };
}

type Difference = { path: string; expected: unknown; seen: unknown };

function firstDifference(expected: unknown, seen: unknown, tolerance: number, path: string): Difference | undefined {
  if (typeof expected === 'number' && typeof seen === 'number') {
    return Math.abs(expected - seen) <= tolerance ? undefined : { path, expected, seen };
  }
  if (!isContainer(expected) || !isContainer(seen) || Array.isArray(expected) !== Array.isArray(seen)) {
    return expected === seen ? undefined : { path, expected, seen };
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(seen)])];
  for (const key of keys) {
    const inner = Array.isArray(expected) ? `${path}[${key}]` : `${path}.${key}`;
    const difference = firstDifference(memberOf(expected, key), memberOf(seen, key), tolerance, inner);
    if (difference) return difference;
  }
  return undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function memberOf(container: object, key: string): unknown {
  return Object.hasOwn(container, key) ? Reflect.get(container, key) : undefined;
}

/** `0.31,late\n` is the number 0.31 and the text `late`. */
function valuesOf(text: string): (string | number)[] {
  return text
    .trim()
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .map((entry) => (entry !== '' && Number.isFinite(Number(entry)) ? Number(entry) : entry));
}

function parseJson(text: string): { json?: unknown } {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return {};
  }
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
