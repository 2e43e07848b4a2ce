/** The longest that all waits of one call may take together; a webhook's consumer and a page both can afford it. */
export const RETRY_BUDGET_MS = 8_000;
export const MAX_TRIES = 3;
const BASE_DELAY_MS = 200;

/**
 * How long GitLab asks to wait: `Retry-After` (seconds or a date), else `RateLimit-Reset` (Unix seconds, not a difference), else a
 * growing delay of our own. In milliseconds.
 */
export function retryDelayMs(headers: Headers, tries: number, nowMs: number): number {
  const after = headers.get('retry-after');
  if (after !== null) {
    const seconds = Number(after);
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
    const date = Date.parse(after);
    if (Number.isFinite(date)) return Math.max(0, date - nowMs);
  }
  const reset = Number(headers.get('ratelimit-reset') ?? Number.NaN);
  if (Number.isFinite(reset) && reset > 0) return Math.max(0, reset * 1000 - nowMs);
  return BASE_DELAY_MS * 2 ** tries;
}
