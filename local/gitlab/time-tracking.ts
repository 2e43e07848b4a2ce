/** GitLab's units of work: a day has eight hours, a week five days, a month four weeks. In seconds, longest first. */
const UNITS = [
  ['mo', 576_000],
  ['w', 144_000],
  ['d', 28_800],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;
const WORDS = /^(mo(?:nths?)?|w(?:eeks?)?|d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)$/;

/** `3h30m`, `1 week 2 days`, `-45m` in seconds; undefined when it is no such thing. */
export function parseWorkSeconds(text: string): number | undefined {
  const [, sign = '', rest = ''] = /^\s*(-?)\s*(.*?)\s*$/s.exec(text) ?? [];
  const parts = [...rest.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)];
  if (parts.length === 0 || rest.replace(/\d+(?:\.\d+)?\s*[a-z]+/gi, '').replace(/[\s,]|and/g, '') !== '')
    return undefined;
  let seconds = 0;
  for (const [, count = '', word = ''] of parts) {
    const known = WORDS.test(word.toLowerCase()) ? word.toLowerCase() : undefined;
    const unit = UNITS.find(
      ([name]) => known !== undefined && (name === 'm' ? /^m(?!o)/.test(known) : known.startsWith(name)),
    );
    if (!unit) return undefined;
    seconds += Number(count) * unit[1];
  }
  return Math.round(sign ? -seconds : seconds);
}

/** `1w 2d 30m`; null for no time at all. */
export function formatWork(seconds: number): string | null {
  let rest = Math.abs(seconds);
  const parts: string[] = [];
  for (const [name, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.length === 0 ? null : `${seconds < 0 ? '-' : ''}${parts.join(' ')}`;
}

interface Tracked {
  time_estimate?: number | undefined;
  time_spent?: number | undefined;
}

export function timeStats({ time_estimate = 0, time_spent = 0 }: Tracked) {
  return {
    time_estimate,
    total_time_spent: time_spent,
    human_time_estimate: formatWork(time_estimate),
    human_total_time_spent: formatWork(time_spent),
  };
}
