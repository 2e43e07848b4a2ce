import { LineCounter, parseAllDocuments } from 'yaml';
import { checkPolicy } from '../domain/check-policy.ts';
import { describeIssue, pathText } from '../domain/describe-issue.ts';
import { Policy } from '../domain/policy.ts';
import type { Problem } from '../domain/problem.ts';
import { takeOutNotOffered } from './not-offered-yet.ts';
import { lineFinderIn } from './source-lines.ts';

type PolicyReading =
  | { policy: Policy; lineOf: (path: readonly PropertyKey[]) => number | undefined }
  | { problems: Problem[] };

export const POLICY_FILE = 'mlops.yaml';

/** The largest policy that is read, in bytes. */
export const MAX_POLICY_BYTES = 65_536;

/** Anchors may save some typing; what expands to more than this is no policy. */
const MAX_ALIASES = 20;

/** Findings are for people: a file that is no policy at all needs no list of a hundred. */
const MAX_PROBLEMS = 20;

/** Reads `mlops.yaml`: every problem with its line and a sentence, in the order of the file. Nothing in it is ignored. */
export function parsePolicyFile(bytes: Uint8Array): PolicyReading {
  if (bytes.byteLength > MAX_POLICY_BYTES)
    return refused(`The file has ${bytes.byteLength} bytes; at most ${MAX_POLICY_BYTES} are read.`);
  const text = decode(bytes);
  if (text === undefined) return refused('The file is not UTF-8 text.');
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent' });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (!document || document.contents === null)
    return refused('The file is empty: see docs/policy-reference.md for what belongs there.');
  if (second)
    return refused(
      'The file holds more than one YAML document: remove what follows the second `---`.',
      lines.linePos(second.range[0]).line,
    );
  if (document.errors.length > 0) {
    return {
      problems: document.errors
        .slice(0, MAX_PROBLEMS)
        .map((error) => problem(yamlSentence(error.code, error.message), lines.linePos(error.pos[0]).line)),
    };
  }
  const lineOf = lineFinderIn(document, lines);
  const value = plainValueOf(() => document.toJS({ maxAliasCount: MAX_ALIASES }));
  return 'problem' in value ? refused(value.problem) : checkValue(value.plain, lineOf);
}

type LineOf = (path: readonly PropertyKey[]) => number | undefined;

function checkValue(value: unknown, lineOf: LineOf): PolicyReading {
  const { rest, problems: notOffered } = takeOutNotOffered(value);
  const parsed = Policy.safeParse(rest);
  const findings = parsed.success
    ? checkPolicy(parsed.data)
    : parsed.error.issues.flatMap((issue) => findingsOf(issue, rest));
  const problems = [...notOffered, ...findings].map(({ path, sentence }) => problem(sentence, lineOf(path)));
  if (parsed.success && problems.length === 0) return { policy: parsed.data, lineOf };
  return { problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).slice(0, MAX_PROBLEMS) };
}

type Finding = { path: PropertyKey[]; sentence: string };
type Issue = Parameters<typeof describeIssue>[0];

function findingsOf(issue: Issue, value: unknown): Finding[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      sentence: `\`${pathText([...issue.path, key])}\` is not a known key: remove it or correct its name.`,
    }));
  }
  if (issue.code === 'invalid_union') return unionFindings(issue, value);
  return [{ path: issue.path, sentence: describeIssue(issue) }];
}

/** A gate is one of three shapes; its own rule tells which one its author meant. */
function unionFindings(issue: Extract<Issue, { code: 'invalid_union' }>, value: unknown): Finding[] {
  const place = pathText(issue.path);
  if (issue.path[0] !== 'evaluation')
    return [{ path: issue.path, sentence: `${place} must be a text, a number, true or false.` }];
  const gate = issue.path.reduce<unknown>(
    (node, key) => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined),
    value,
  );
  const keys = typeof gate === 'object' && gate !== null ? Object.keys(gate) : [];
  const rules = [keys.includes('min'), keys.includes('max'), keys.includes('versus') || keys.includes('maxRegression')];
  const branch = issue.errors[rules.indexOf(true)];
  if (rules.filter(Boolean).length !== 1 || !branch) {
    return [
      {
        path: issue.path,
        sentence: `${place} must have a metric and exactly one rule: min, max, or versus: champion with maxRegression.`,
      },
    ];
  }
  return branch.flatMap((inner) => findingsOf({ ...inner, path: [...issue.path, ...inner.path] }, value));
}

function yamlSentence(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'A key stands there twice: keys are unique.';
  return `The file is not YAML: ${(message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')}.`;
}

function plainValueOf(read: () => unknown): { plain: unknown } | { problem: string } {
  try {
    return { plain: read() };
  } catch {
    return { problem: 'The file uses too many YAML aliases: write the values out.' };
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function problem(sentence: string, line?: number): Problem {
  return { file: POLICY_FILE, ...(line !== undefined && { line }), sentence };
}

function refused(sentence: string, line?: number): PolicyReading {
  return { problems: [problem(sentence, line)] };
}
