import { describe, expect, it } from '@jest/globals';
import { schedulePeriodSeconds } from '../../../shared/domain/schedule-period.ts';

describe('the period of a schedule', () => {
  it.each([
    ['rate(1 minute)', 60],
    ['rate(30 minutes)', 1_800],
    ['rate(1 hour)', 3_600],
    ['rate(24 hours)', 86_400],
    ['rate(1 day)', 86_400],
    ['cron(0 * * * ? *)', 3_600],
    ['cron(0/15 * * * ? *)', 900],
    ['cron(0/7 * * * ? *)', 3_600],
    ['cron(30 2 * * ? *)', 86_400],
    ['cron(30 0/6 * * ? *)', 21_600],
    ['cron(0 8,20 * * ? *)', 86_400],
  ])('%s: %d s', (schedule, seconds) => {
    expect(schedulePeriodSeconds(schedule)).toBe(seconds);
  });

  it.each([
    'rate(2 days)',
    'rate(0 hours)',
    'cron(0 8 ? * MON-FRI *)',
    'cron(0 8 1 * ? *)',
    'cron(0 8 * * ? 2027)',
    'hourly',
  ])('%s leaves out days', (schedule) => {
    expect(schedulePeriodSeconds(schedule)).toBeUndefined();
  });
});
