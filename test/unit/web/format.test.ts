import * as fc from 'fast-check';
import { formatBytes, formatDifference, formatNumber, formatThreshold } from '../../../shared/domain/format-number.ts';
import { formatDistance, formatDuration, formatTime } from '../../../shared/domain/format-time.ts';
import '../../harness/repeatable-properties.ts';

const NOW = '2026-11-23T12:00:00.000Z';

describe('numbers', () => {
  it.each([
    [0.73142, '0.731'],
    [0.7, '0.700'],
    [17_867, '17,867'],
    [1234.5, '1,235'],
    [12.345, '12.3'],
    [0.00000123, '1.23e-6'],
    [0, '0'],
    [-0.5, '-0.500'],
  ])('%d is shown as %s', (value, shown) => expect(formatNumber(value)).toBe(shown));

  it.each([
    [0.7, '0.70'],
    [0.65, '0.65'],
    [0.655, '0.655'],
    [1, '1'],
  ])('the threshold %d is shown as %s', (value, shown) => expect(formatThreshold(value)).toBe(shown));

  it.each([
    [0.00652, 0.731, '+0.0065'],
    [-0.0019, 0.722, '−0.0019'],
    [0, 0.7, '±0'],
    [0.00001, 0.7, '±0'],
    [12, 100, '+12.0'],
  ])('the difference %d of %d is signed', (difference, value, shown) =>
    expect(formatDifference(difference, value)).toBe(shown));

  it.each([
    [0, '0 B'],
    [912_345, '912 kB'],
    [1_500_000, '1.50 MB'],
  ])('%d bytes are %s', (bytes, shown) => expect(formatBytes(bytes)).toBe(shown));

  it('never throws on a finite number', async () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(fc.asyncProperty(numbers, async (value) => expect(formatNumber(value)).not.toBe('')));
  });
});

describe('times', () => {
  it('are words, with the zone', () =>
    expect(formatTime('2026-11-26T14:00:00.000Z')).toBe('Thu 26 Nov 2026 14:00 UTC'));

  it.each([
    ['2026-11-23T12:00:10.000Z', 'in less than a minute'],
    ['2026-11-23T11:59:50.000Z', 'just now'],
    ['2026-11-23T12:20:00.000Z', 'in 20 min'],
    ['2026-11-23T15:00:00.000Z', 'in 3 h'],
    ['2026-11-21T12:00:00.000Z', '2 d ago'],
  ])('%s lies %s', (at, words) => expect(formatDistance(at, NOW)).toBe(words));

  it.each([
    [0, '0 s'],
    [45_000, '45 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%d ms last %s', (milliseconds, words) => expect(formatDuration(milliseconds)).toBe(words));
});
