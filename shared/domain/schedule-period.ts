const SECONDS = { minute: 60, hour: 3_600, day: 86_400 } as const;

const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;

/** Fields of a cron expression that let it fire on every day. */
const EVERY_DAY = ['*', '?'];

/**
 * How much time a schedule of EventBridge lets pass between two of its times, for alarms whose period must be a fixed number of
 * seconds. Where a cron expression is irregular, it is the larger unit: an hour, or a day. `undefined` for a schedule that leaves out
 * a day or lasts longer than one: CloudWatch could not tell its pauses from silence.
 */
export function schedulePeriodSeconds(schedule: string): number | undefined {
  const [, count, unit] = RATE.exec(schedule) ?? [];
  if (unit === 'minute' || unit === 'hour' || unit === 'day') {
    const seconds = Number(count) * SECONDS[unit];
    return seconds >= SECONDS.minute && seconds <= SECONDS.day ? seconds : undefined;
  }
  const [, minutes, hours, ...days] = CRON.exec(schedule) ?? [];
  if (minutes === undefined || hours === undefined || !days.every((field) => EVERY_DAY.includes(field)))
    return undefined;
  return hours === '*' ? stepOf(minutes, SECONDS.minute, SECONDS.hour) : stepOf(hours, SECONDS.hour, SECONDS.day);
}

/** `*` and regular steps (`0/15`) fire every so many units, anything else once in the whole. */
function stepOf(field: string, unitSeconds: number, wholeSeconds: number): number {
  if (field === '*') return unitSeconds;
  const step = Number(/^(?:\*|\d+)\/(\d+)$/.exec(field)?.[1] ?? 0) * unitSeconds;
  return step > 0 && wholeSeconds % step === 0 ? step : wholeSeconds;
}
