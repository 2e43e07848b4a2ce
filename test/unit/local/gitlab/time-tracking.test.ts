import { describe, expect, it } from '@jest/globals';
import { formatWork, parseWorkSeconds } from '../../../../local/gitlab/time-tracking.ts';

describe('time of work', () => {
  it.each([
    ['3h30m', 12_600],
    ['1mo 2w 3d', 576_000 + 288_000 + 86_400],
    ['1 week, 2 days and 5 minutes', 144_000 + 57_600 + 300],
    ['1.5h', 5400],
    ['-45m', -2700],
    ['20s', 20],
  ])('reads %s with days of eight hours', (text, seconds) => {
    expect(parseWorkSeconds(text)).toBe(seconds);
  });

  it.each(['', 'soon', '3', '3x', 'h', '3h and more'])('does not read %p', (text) => {
    expect(parseWorkSeconds(text)).toBeUndefined();
  });

  it('writes it as it is read', () => {
    expect(formatWork(12_600)).toBe('3h 30m');
    expect(formatWork(576_000 + 144_000)).toBe('1mo 1w');
    expect(formatWork(0)).toBeNull();
    expect(formatWork(-60)).toBe('-1m');
  });
});
