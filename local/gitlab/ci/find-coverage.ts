import { findAll, PatternError } from '../match-pattern.ts';

/** The last number that the regular expression of `coverage:` finds in a log. */
export function findCoverage(pattern: string | undefined, log: string): number | null {
  const [, source, flags] = /^\/(.+)\/(i?)$/.exec(pattern ?? '') ?? [];
  if (!source) return null;
  const found = matches(source, log, flags === 'i').at(-1);
  const number = /\d+(?:\.\d+)?/.exec(found?.slice(1).find((group) => group !== undefined) ?? found?.[0] ?? '')?.[0];
  return number === undefined ? null : Number(number);
}

/** What is no expression finds nothing, and fails no job. */
function matches(source: string, log: string, ignoreCase: boolean): (string | undefined)[][] {
  try {
    return findAll(source, log, ignoreCase);
  } catch (error) {
    if (error instanceof PatternError) return [];
    throw error;
  }
}
