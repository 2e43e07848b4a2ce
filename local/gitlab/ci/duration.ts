const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** GitLab's durations, such as `1h 30m`, `90 minutes`, `3600`; undefined for anything else. */
export function parseDurationSeconds(text: string): number | undefined {
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  let total = 0;
  const rest = text.replace(
    /(\d+(?:\.\d+)?)\s*(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)\b/gi,
    (_all, count, unit) => {
      total += Number(count) * (SECONDS[String(unit)[0]?.toLowerCase() ?? 's'] ?? 1);
      return '';
    },
  );
  return rest.replace(/and|,|\s/g, '') === '' && total > 0 ? total : undefined;
}

const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z');

/** When so many seconds have passed; null for a time so far off that it never comes. */
export function momentAfter(now: Date, seconds: number): string | null {
  const time = now.getTime() + seconds * 1000;
  return time <= LAST_MOMENT ? new Date(time).toISOString() : null;
}
