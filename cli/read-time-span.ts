import { UsageError } from './usage-error.ts';

/** From inclusive, to exclusive, as reports write it; `window` is what the reader of captures filters by. */
export type TimeSpan = {
  from: string | null;
  to: string | null;
  window: { fromMillis: number; toMillis: number } | undefined;
};

const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** @throws UsageError where a time is none, or the end is not after the beginning */
export function readTimeSpan({ from, to }: { from?: string | undefined; to?: string | undefined }): TimeSpan {
  const fromMillis = from === undefined ? undefined : readTime('--from', from);
  const toMillis = to === undefined ? undefined : readTime('--to', to);
  if (fromMillis === undefined && toMillis === undefined) return { from: null, to: null, window: undefined };
  if (fromMillis !== undefined && toMillis !== undefined && fromMillis >= toMillis)
    throw new UsageError(`--from ${from} is not before --to ${to}.`);
  return {
    from: fromMillis === undefined ? null : new Date(fromMillis).toISOString(),
    to: toMillis === undefined ? null : new Date(toMillis).toISOString(),
    window: { fromMillis: fromMillis ?? Number.NEGATIVE_INFINITY, toMillis: toMillis ?? Number.POSITIVE_INFINITY },
  };
}

function readTime(option: string, text: string): number {
  const millis = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(millis)) return millis;
  throw new UsageError(`${option} ${text} is no time: write it as 2026-11-23T10:00:00Z, or a day as 2026-11-23.`);
}
