const NUMBER = '(\\d+)';
const DURATION = new RegExp(
  `^P?(?:${NUMBER}Y)?(?:${NUMBER}M)?(?:${NUMBER}W)?(?:${NUMBER}D)?(?:T(?=\\d)(?:${NUMBER}H)?(?:${NUMBER}M)?(?:${NUMBER}S)?)?$`,
  'i',
);
const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
/** Years, months, weeks, days, hours, minutes, seconds, in the order in which they are written. */
const UNITS = [365 * DAY, 30 * DAY, 7 * DAY, DAY, HOUR, 60 * SECOND, SECOND];

/** An ISO 8601 duration, also without its P as the developer guide writes it: `P30D`, `PT1H`, `30d`, `T16m`, `30dT5h`. */
export function durationMs(text: string): number | undefined {
  const parts = DURATION.exec(text)?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined)) return undefined;
  return parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (UNITS[index] ?? 0), 0);
}
