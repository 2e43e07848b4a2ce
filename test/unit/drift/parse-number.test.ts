import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseNumber } from '../../../shared/domain/drift/parse-number.ts';
import '../../harness/repeatable-properties.ts';

describe('text that is a number', () => {
  it.each([
    ['12', 12],
    ['-0.5', -0.5],
    ['+1', 1],
    ['.5', 0.5],
    ['5.', 5],
    ['1e-3', 0.001],
    ['1E+3', 1_000],
    ['007', 7],
    ['1e100', 1e100],
    ['1e-400', 0],
  ])('reads %s', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it('reads -0 as 0', () => {
    expect(Object.is(parseNumber('-0'), 0)).toBe(true);
  });

  it.each([
    'NaN',
    'nan',
    'Infinity',
    '-Infinity',
    'inf',
    '1e400',
    '-1e101',
    '-',
    '+',
    '.',
    '',
    ' 12 ',
    '12\r',
    '1,5',
    '1_000',
    '0x1f',
    '1e',
    'e5',
    '--1',
    '1.2.3',
    '١٢',
    'true',
    '12abc',
  ])('refuses %j', (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });

  it('reads every double of its range back as JavaScript writes it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e100, max: 1e100 }), (value) => {
        expect(parseNumber(String(value))).toBe(value + 0);
      }),
    );
  });

  it('never takes for a number what isn’t finite', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-+0-9.eExX_, naif]{0,12}$/), (text) => {
        const value = parseNumber(text);
        expect(value === undefined || Number.isFinite(value)).toBe(true);
      }),
    );
  });
});
