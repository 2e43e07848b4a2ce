import type { Build } from '../rows/jobs.ts';

/** Whether `retry` asks for another try of a job that ended, which has run so often by now. */
export function wantsNewTry(build: Build, tries: number): boolean {
  const { retryMax = 0, retryWhen, retryExitCodes } = build.definition ?? {};
  if (build.status !== 'failed' || tries > retryMax) return false;
  if (build.exit_code !== null && retryExitCodes?.includes(build.exit_code)) return true;
  // Exit codes alone leave no other reason.
  const reasons = retryWhen ?? (retryExitCodes ? [] : ['always']);
  return reasons.includes('always') || reasons.includes(build.failure_reason ?? 'unknown_failure');
}
