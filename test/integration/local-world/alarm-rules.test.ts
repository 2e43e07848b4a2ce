import { describe, expect, it } from '@jest/globals';
import { askGaps } from './ask-gaps.ts';

/** The tables of "Configuring how CloudWatch alarms treat missing data": X breaches, 0 doesn't, - is missing; newest last. */
const threeOfThree = { periods: 3, toAlarm: 3 };
const twoOfThree = { periods: 3, toAlarm: 2 };
const documented = [
  [threeOfThree, '0 - X - X', ['OK', 'OK', 'OK', 'OK']],
  [threeOfThree, '- - - - 0', ['OK', 'OK', 'OK', 'OK']],
  [threeOfThree, '- - - - -', ['INSUFFICIENT_DATA', 'retained', 'ALARM', 'OK']],
  [threeOfThree, '0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [threeOfThree, '- - X - -', ['ALARM', 'retained', 'ALARM', 'OK']],
  [twoOfThree, '0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [twoOfThree, '0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [twoOfThree, '0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
  [twoOfThree, '- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
  [twoOfThree, '- - - X -', ['ALARM', 'retained', 'ALARM', 'OK']],
] as const;

describe("an alarm's state", () => {
  it.each(
    documented,
  )('for %j and %s treats missing data as missing, ignore, breaching, notBreaching: %j', (rule, points, states) => {
    const cases = ['missing', 'ignore', 'breaching', 'notBreaching'].map((missing) => ({
      ask: 'judge',
      ...rule,
      points,
      missing,
    }));
    expect(askGaps(cases)).toEqual(states);
  });

  it('waits with a lone breach until it is as old as the datapoints that an alarm needs', () => {
    const cases = ['- - - - X', '- - - X -', '- - X - -'].map((points) => ({
      ask: 'judge',
      ...threeOfThree,
      points,
      missing: 'missing',
    }));
    expect(askGaps(cases)).toEqual(['OK', 'OK', 'ALARM']);
  });

  it('looks at whole periods, two more than the alarm has, and at the running one once it has data', () => {
    const now = { ask: 'starts', period: 300, periods: 1, now: 3_000 + 130 };
    expect(
      askGaps([
        { ...now, hasDataNow: false },
        { ...now, hasDataNow: true },
      ]),
    ).toEqual([
      [2100, 2400, 2700],
      [2400, 2700, 3000],
    ]);
  });
});

describe('a statistic of a metric', () => {
  const samples = [
    [100, 90],
    [200, 9],
    [5000, 1],
  ];
  it.each([
    ['p50', 100],
    ['p90', 110],
    ['p99', 248],
    ['p100', 5000],
    ['PR(0:200)', 99],
    ['PR(:100)', 90],
    ['PR(100:)', 10],
    ['TC(100:5000)', 10],
  ])('%s weighs each value by how often it was seen: %d', (statistic, value) => {
    expect(askGaps([{ ask: 'statistic', statistic, samples }])).toEqual([expect.closeTo(value, 6)]);
  });

  it('counts its periods from the minute in which the request begins', () => {
    const request = { ask: 'period', start: 1_000_025, period: 3600 };
    expect(
      askGaps([
        { ...request, timestamp: 1_000_030 },
        { ...request, timestamp: 1_003_590 },
        { ...request, timestamp: 1_003_630 },
      ]),
    ).toEqual([1_000_020, 1_000_020, 1_003_620]);
  });
});
