const SECONDS: Record<string, number> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  mo: 2_592_000,
  y: 31_557_600,
};
const PART =
  /(\d+(?:\.\d+)?)\s*(?:(y)(?:ears?|rs?)?|(mo)(?:s|nths?)?|(w)(?:eeks?|ks?)?|(d)(?:ays?|ys)?|(h)(?:ours?|rs?)?|(m)(?:inutes?|ins?)?|(s)(?:econds?|ecs?)?)(?![a-z])/gi;

/** GitLab's durations, such as `1h30m`, `90 minutes`, `6 mos 1 day`, `3600`; undefined for anything else. */
export function parseDurationSeconds(text: string): number | undefined {
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  let total = 0;
  const rest = text.replace(PART, (_all, count, ...units) => {
    const unit = units.slice(0, 7).find((one) => one !== undefined);
    total += Number(count) * (SECONDS[String(unit).toLowerCase()] ?? 0);
    return '';
  });
  return rest.replace(/and|with|plus|,|\s/gi, '') === '' && total > 0 ? total : undefined;
}

const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z');

/** When so many seconds have passed; null for a time so far off that it never comes. */
export function momentAfter(now: Date, seconds: number): string | null {
  const time = now.getTime() + seconds * 1000;
  return time <= LAST_MOMENT ? new Date(time).toISOString() : null;
}
