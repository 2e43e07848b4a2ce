import type { PipelineStep } from '../state/records.ts';
import type { PlannedStep } from './definition.ts';
import type { ExceptionType, RetryPolicy } from './step-schema.ts';

const DEFAULT_MOST_ATTEMPTS = 5;
const MINUTE_MS = 60_000;
/** Of a policy that doesn't expire: a large BackoffRate would soon name a time that no calendar has. */
const LONGEST_WAIT_MINUTES = 24 * 60;
/** The service retries these by itself; a step's own policy for them comes first. */
const OWN_POLICY: RetryPolicy = {
  ExceptionType: ['Step.SERVICE_FAULT', 'Step.THROTTLING'],
  IntervalSeconds: 1,
  BackoffRate: 2,
};

/** How often each policy of a step, by its place, has been used; and the time of the next try. */
type NextTry = Required<Pick<PipelineStep, 'retries' | 'retryAt'>>;

/** When a step that failed with this exception is tried again; undefined if no policy says so, or not any more. */
export function nextTry(
  { retryPolicies }: Pick<PlannedStep, 'retryPolicies'>,
  { retries = {}, startedAt }: Pick<PipelineStep, 'retries' | 'startedAt'>,
  exception: ExceptionType | undefined,
  now: Date,
  timeScale: number,
): NextTry | undefined {
  const policies = [...retryPolicies, OWN_POLICY];
  const place = policies.findIndex((each) => exception !== undefined && each.ExceptionType.includes(exception));
  const policy = policies[place];
  if (policy === undefined) return undefined;
  const used = retries[place] ?? 0;
  const { ExpireAfterMin: minutes, MaxAttempts: most = minutes === undefined ? DEFAULT_MOST_ATTEMPTS : undefined } =
    policy;
  if (most !== undefined && used >= most) return undefined;
  const spentMs = now.getTime() - startedAt.getTime();
  if (minutes !== undefined && spentMs >= minutes * MINUTE_MS * timeScale) return undefined;
  const growth = Math.min(policy.BackoffRate ** used, Number.MAX_SAFE_INTEGER);
  const longestMs = (minutes ?? LONGEST_WAIT_MINUTES) * MINUTE_MS;
  const waitMs = Math.min(policy.IntervalSeconds * 1000 * growth, longestMs) * timeScale;
  return { retries: { ...retries, [place]: used + 1 }, retryAt: new Date(now.getTime() + waitMs) };
}
