import type { Hook } from '../rows/hooks.ts';

const TOLERATED_FAILURES = 3;
const FINAL_FAILURE = 40;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 24 * 3_600_000;

type AlertStatus = 'executable' | 'temporarily_disabled' | 'disabled';

export function alertStatus(hook: Hook, now: Date): AlertStatus {
  if (hook.recent_failures >= FINAL_FAILURE) return 'disabled';
  return hook.disabled_until && new Date(hook.disabled_until) > now ? 'temporarily_disabled' : 'executable';
}

/** The 4th failure in a row pauses a hook for a minute, each later one twice as long up to a day; the 40th ends it. */
export function afterFailure(hook: Hook, now: Date): Partial<Hook> {
  const recent_failures = hook.recent_failures + 1;
  if (recent_failures <= TOLERATED_FAILURES) return { recent_failures };
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** hook.backoff_count, LONGEST_PAUSE_MS);
  return {
    recent_failures,
    backoff_count: hook.backoff_count + 1,
    disabled_until: new Date(now.getTime() + pauseMs).toISOString(),
  };
}

export const AFTER_SUCCESS = { recent_failures: 0, backoff_count: 0, disabled_until: null } satisfies Partial<Hook>;
