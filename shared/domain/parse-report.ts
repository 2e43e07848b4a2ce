import { describeIssue } from './describe-issue.ts';
import { EvaluationReport, MAX_REPORT_BYTES } from './evaluation-report.ts';

type ReportParsing = { report: EvaluationReport } | { problem: string };

/** Python's `json.dump` writes these where a number has no value; JSON has no such literals. */
const LITERALS = /(?<=[[:,\s])(-?Infinity|NaN)(?=\s*[,\]}])/g;

/**
 * Reads `evaluation.json`. Bad bytes are a sentence, never a throw: they make the verdict inconclusive.
 * Bare `NaN` and `Infinity` are taken as the string of that name, which no gate takes for a number.
 */
export function parseReport(bytes: Uint8Array, name = 'evaluation.json'): ReportParsing {
  if (bytes.byteLength > MAX_REPORT_BYTES) {
    return {
      problem: `${name} has ${bytes.byteLength} bytes; at most ${MAX_REPORT_BYTES} are read. Keep predictions in a file of their own.`,
    };
  }
  if (bytes.byteLength === 0) return { problem: `${name} is empty: let evaluate write the metrics there.` };
  const text = decode(bytes);
  if (text === undefined) return { problem: `${name} is not UTF-8 text.` };
  const value = parseJson(text);
  if (value === undefined) return { problem: `${name} is not JSON.` };
  const parsed = EvaluationReport.safeParse(value.json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `${name}: ${issue ? describeIssue(issue) : 'it has another shape than a report.'}` };
  }
  return { report: parsed.data };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return parseWithLiterals(text);
  }
}

/** Only a text that is no JSON as it stands comes here, so a string that contains `: NaN,` is never touched in a sound report. */
function parseWithLiterals(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text.replace(LITERALS, '"$1"')) };
  } catch {
    return undefined;
  }
}
