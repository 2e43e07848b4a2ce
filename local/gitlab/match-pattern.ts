import { createContext, Script } from 'node:vm';

/** GitLab's engine (RE2) needs time in proportion to the text. Ours may need endless time, so it gets this much. */
const LONGEST_MS = 200;

/** A regular expression that GitLab would refuse. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** RE2 knows neither looking around nor going back to a group. */
const UNKNOWN_TO_RE2 = /(?<!\\)(?:\\\\)*(?:\(\?(?:<?[=!]|>)|\\[1-9]|\\k<)/;

export function requirePattern(pattern: string): void {
  if (UNKNOWN_TO_RE2.test(pattern)) throw new PatternError('no such thing in RE2');
  try {
    RegExp(pattern);
  } catch (cause) {
    throw new PatternError('not a regular expression', { cause });
  }
}

const context = createContext(Object.create(null));
const script = new Script('texts.map((text) => [...text.matchAll(new RegExp(pattern, flags))].map((one) => [...one]))');

/**
 * What a pattern finds in each of the texts: its matches, each with its groups. A pattern that takes too long finds nothing.
 * @throws PatternError
 */
function findInEach(pattern: string, texts: readonly string[], ignoreCase: boolean): (string | undefined)[][][] {
  requirePattern(pattern);
  Object.assign(context, { pattern, texts, flags: ignoreCase ? 'gi' : 'g' });
  try {
    return script.runInContext(context, { timeout: LONGEST_MS });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return texts.map(() => []);
    throw error;
  }
}

/** @throws PatternError */
export function findAll(pattern: string, text: string, ignoreCase = false): (string | undefined)[][] {
  return findInEach(pattern, [text], ignoreCase)[0] ?? [];
}

/** Those of the texts in which the pattern is found. @throws PatternError */
export function whereFound(pattern: string, texts: readonly string[]): string[] {
  const found = findInEach(pattern, texts, false);
  return texts.filter((_text, index) => (found[index]?.length ?? 0) > 0);
}

/** GitLab's names with wildcards: `*` stands for any text. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
