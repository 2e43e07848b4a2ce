import { constructFromEvents, EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { checkPolicy } from '../domain/check-policy.ts';
import { describeIssue, pathText } from '../domain/describe-issue.ts';
import { Policy } from '../domain/policy.ts';
import type { Problem } from '../domain/problem.ts';
import { takeOutNotOffered } from './not-offered-yet.ts';
import { findLines } from './source-lines.ts';

type PolicyReading =
  | { policy: Policy; lineOf: (path: readonly PropertyKey[]) => number | undefined }
  | { problems: Problem[] };

export const POLICY_FILE = 'mlops.yaml';

/** The largest policy that is read, in bytes. */
export const MAX_POLICY_BYTES = 65_536;

/** Anchors may save some typing; a file with more of them used than this is no policy. */
const MAX_ALIASES = 20;

/** Findings are for people: a file that is no policy at all needs no list of a hundred. */
const MAX_PROBLEMS = 20;

/** Reads `mlops.yaml`: every problem with its line and a sentence, in the order of the file. Nothing in it is ignored. */
export function parsePolicyFile(bytes: Uint8Array): PolicyReading {
  if (bytes.byteLength > MAX_POLICY_BYTES)
    return refused(`The file has ${bytes.byteLength} bytes; at most ${MAX_POLICY_BYTES} are read.`);
  const text = decode(bytes);
  if (text === undefined) return refused('The file is not UTF-8 text.');
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark && error.mark.line + 1;
    return refused(`The file is not YAML: ${error.reason}. Look at this line and at the one above it.`, line);
  }
}

function readYaml(text: string): PolicyReading {
  const events = parseEvents(text, {});
  if (events.length === 0 || isLeftOut(events[1]))
    return refused('The file is empty: see docs/policy-reference.md for what belongs there.');
  if (events.filter(({ type }) => type === EVENT_ID.DOCUMENT).length > 1)
    return refused('The file holds more than one YAML document: remove what follows the second `---`.');
  const { lineOf, repeatedKeys } = findLines(text, events);
  if (repeatedKeys.length > 0)
    return {
      problems: repeatedKeys
        .slice(0, MAX_PROBLEMS)
        .map((line) => problem('A key stands there twice: keys are unique.', line)),
    };
  if (events.filter(({ type }) => type === EVENT_ID.ALIAS).length > MAX_ALIASES)
    return refused('The file uses too many YAML aliases: write the values out.');
  return checkValue(constructFromEvents(events, { source: text })[0], lineOf);
}

function isLeftOut(content: Event | undefined): boolean {
  return content?.type === EVENT_ID.SCALAR && content.valueStart < 0;
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
