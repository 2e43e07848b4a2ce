import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findCoverage } from '../../../../local/gitlab/ci/find-coverage.ts';
import { acceptsBranch } from '../../../../local/gitlab/hooks/accepts-branch.ts';
import { findAll, matchesWildcard, PatternError, whereFound } from '../../../../local/gitlab/match-pattern.ts';
import '../../../harness/repeatable-properties.ts';

const ENDLESS = '^(a+)+$';
const HARD = `${'a'.repeat(60)}!`;

describe('patterns of users', () => {
  it('gives up on one that would never end, wherever it comes from', () => {
    expect(whereFound(ENDLESS, ['main', HARD])).toEqual([]);
    expect(acceptsBranch({ push_events_branch_filter: ENDLESS, branch_filter_strategy: 'regex' }, HARD)).toBe(false);
    expect(findCoverage(`/${ENDLESS}/`, HARD)).toBeNull();
    expect(matchesWildcard(`${'*a'.repeat(30)}b`, 'a'.repeat(5000))).toBe(false);
  });

  it('finds matches with their groups, and texts in their order', () => {
    expect(findAll('(\\d+)\\.(\\d+)', 'from 1.2 to 3.4')).toEqual([
      ['1.2', '1', '2'],
      ['3.4', '3', '4'],
    ]);
    expect(whereFound('^release/', ['release/2', 'main', 'release/1'])).toEqual(['release/2', 'release/1']);
  });

  it('refuses what RE2 does not know', () => {
    for (const pattern of ['(', '(?=a)', '(?<!a)b', '(a)\\1', '(?<x>a)\\k<x>'])
      expect(() => findAll(pattern, 'a')).toThrow(PatternError);
    for (const pattern of ['(?<name>a)', '(?:a)', '\\\\1', '\\(?=a']) expect(() => findAll(pattern, 'a')).not.toThrow();
  });

  it('reads a star as any text, as the expression with .* in its place would', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
    fc.assert(
      fc.property(word, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text);
        expect(matchesWildcard(pattern, text)).toBe(expected);
      }),
    );
  });
});
