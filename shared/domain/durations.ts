const ISO_8601 = /^P(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$/;

const SECONDS = { day: 86_400, hour: 3_600, minute: 60 };

/** Seconds of an ISO 8601 duration of days, hours, minutes and seconds (`P3D`, `PT90M`); `undefined` for anything else. */
export function secondsOf(duration: string): number | undefined {
  const match = ISO_8601.exec(duration);
  if (!match || /[PT]$/.test(duration)) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => (part === undefined ? 0 : Number(part)));
  return days * SECONDS.day + hours * SECONDS.hour + minutes * SECONDS.minute + seconds;
}

/** The longest that a review may wait; the workflow's own timeout is a day longer. */
export const MAX_EXPIRY_SECONDS = 14 * SECONDS.day;

/** Whether a policy may let its reviews expire after this duration: longer than nothing, at most P14D. */
export function isExpiry(duration: string): boolean {
  const seconds = secondsOf(duration);
  return seconds !== undefined && seconds > 0 && seconds <= MAX_EXPIRY_SECONDS;
}

/** Whether a policy may judge windows of this length: PT5M to P7D. */
export function isWindow(duration: string): boolean {
  const seconds = secondsOf(duration);
  return seconds !== undefined && seconds >= 5 * SECONDS.minute && seconds <= 7 * SECONDS.day;
}

/** Whether a policy may let so much time pass between two retrainings: PT1H to P30D. */
export function isCooldown(duration: string): boolean {
  const seconds = secondsOf(duration);
  return seconds !== undefined && seconds >= SECONDS.hour && seconds <= 30 * SECONDS.day;
}
