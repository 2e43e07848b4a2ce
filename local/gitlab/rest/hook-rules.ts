import { PatternError, requirePattern } from '../match-pattern.ts';
import { unprocessable } from './api-error.ts';

const MOST_HEADERS = 20;

interface Pair {
  key: string;
  value: string;
}

/** The new pairs beside the old ones, in whose place they come where the keys are the same. */
export const joined = (old: readonly Pair[], added: readonly Pair[]): Pair[] => [
  ...old.filter((pair) => !added.some((other) => other.key === pair.key)),
  ...added,
];

const fits = ({ key, value }: Pair) => /^[A-Za-z]+[0-9]*(?:[._-][A-Za-z0-9]+)*$/.test(key) && value !== '';

export function requireHeaders(headers: readonly Pair[]): void {
  if (headers.length > MOST_HEADERS || !headers.every(fits))
    throw unprocessable({ error: 'Custom headers validation failed' });
}

export function requireUrlVariables(variables: readonly Pair[]): void {
  if (!variables.every(fits)) throw unprocessable({ message: { url_variables: ['must be a valid json schema'] } });
}

/** Wildcards are names of branches with stars in them. */
export function isBranchFilter(filter: string, strategy: string | undefined): boolean {
  if (strategy === 'all_branches') return true;
  if (strategy === 'regex') {
    try {
      requirePattern(filter);
      return true;
    } catch (error) {
      if (error instanceof PatternError) return false;
      throw error;
    }
  }
  return !/[~^:?\s\\[]|\.\.|\/$|^\/|\.lock$|\.$|@\{/.test(filter);
}
