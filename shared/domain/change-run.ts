import { WriteConflict } from './faults.ts';
import { hasEnded, type Run, type RunStatus } from './run.ts';

/** Why these changes may not be made; `undefined` where they may. An ended run takes its issue's link, and nothing else. */
export function refuseRunChange(
  run: Run,
  changed: readonly string[],
  ifStatus?: readonly RunStatus[],
  ifAttempt?: number,
): WriteConflict | undefined {
  if (ifStatus !== undefined && !ifStatus.includes(run.status)) {
    return new WriteConflict(`Run ${run.runId} is ${run.status}, not ${ifStatus.join(' or ')}. Read it again.`);
  }
  if (ifAttempt !== undefined && ifAttempt !== run.attempt) {
    return new WriteConflict(`Run ${run.runId} is in attempt ${run.attempt}, not ${ifAttempt}. Read it again.`);
  }
  if (hasEnded(run.status) && changed.some((field) => field !== 'issueUrl')) {
    return new WriteConflict(`Run ${run.runId} has ended (${run.status}) and changes no more.`);
  }
  return undefined;
}
