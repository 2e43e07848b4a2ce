import { durationMs } from '../../../../local/sagemaker/pipelines/duration.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('a duration', () => {
  it.each([
    ['P30D', 30 * DAY],
    ['PT1H', 60 * MINUTE],
    ['30d', 30 * DAY],
    ['5y', 5 * 365 * DAY],
    ['T16m', 16 * MINUTE],
    ['30dT5h', 30 * DAY + 300 * MINUTE],
    ['P2W', 14 * DAY],
    ['P2M', 60 * DAY],
  ])('is read as ISO 8601 and the developer guide write it: %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', 'P', 'PT', '30', '5h', 'P1DT', 'one day', '-P1D', 'P1.5D'])('is none: %s', (text) => {
    expect(durationMs(text)).toBeUndefined();
  });
});
