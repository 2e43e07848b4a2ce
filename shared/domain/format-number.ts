/** Three significant digits: `0.731`, `17900` as `17,900`, `0.700`. Counts below a million stay whole. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1_000_000) return value.toLocaleString('en-US');
  const magnitude = Math.abs(value);
  if (magnitude >= 1_000_000 || magnitude < 0.000_1) return value.toExponential(2);
  return magnitude >= 1_000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}

/** A threshold as its author wrote it, two decimals at least: `0.70`, `0.655`. */
export function formatThreshold(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const written = String(value);
  return /\.\d$/.test(written) ? `${written}0` : written;
}

/** A signed difference to a shown value, one decimal finer than the value itself: `+0.0065`, `−0.0004`, `±0`. */
export function formatDifference(difference: number, value: number): string {
  const decimals = (/\.(\d+)$/.exec(formatNumber(value))?.[1] ?? '').length;
  const size = Math.abs(difference).toFixed(Math.min(decimals + 1, 20));
  if (Number(size) === 0) return '±0';
  return `${difference > 0 ? '+' : '−'}${size}`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatNumber(bytes / 1000 ** power)} ${units[power]}`;
}

/** `1 commit`, `3 commits`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}
