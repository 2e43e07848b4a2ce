const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Thu 26 Nov 2026 14:00 UTC`. */
export function formatTime(timestamp: string): string {
  const at = new Date(timestamp);
  const clock = at.toISOString().slice(11, 16);
  return `${WEEKDAYS[at.getUTCDay()]} ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()} ${clock} UTC`;
}

/** A length of time in its two largest units: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const units: [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const first = units.findIndex(([size]) => seconds >= size);
  if (first === -1) return '0 s';
  const parts: string[] = [];
  let rest = seconds;
  for (const [size, unit] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

/** Where a moment lies as seen from another, in one unit: `in 3 h`, `2 d ago`, `just now`. */
export function formatDistance(timestamp: string, now: string): string {
  const milliseconds = Date.parse(timestamp) - Date.parse(now);
  const seconds = Math.abs(milliseconds) / 1000;
  if (seconds < 45) return milliseconds > 0 ? 'in less than a minute' : 'just now';
  const [size, unit] = seconds < 5_400 ? [60, 'min'] : seconds < 172_800 ? [3_600, 'h'] : [86_400, 'd'];
  const words = `${Math.round(seconds / Number(size))} ${unit}`;
  return milliseconds > 0 ? `in ${words}` : `${words} ago`;
}
