import type { Case } from './case.ts';

/** Longer than any function that works on a case may run: who has not let go by then is dead. */
const WORK_MILLISECONDS = 60_000;

/** The case in the hands of `by`, or as it was where somebody else has it. */
export function claimCase(current: Case, by: string, now: string): Case {
  const { worker } = current;
  const isTaken = worker !== undefined && worker.by !== by && Date.parse(worker.until) > Date.parse(now);
  if (isTaken) return current;
  return { ...current, worker: { by, until: new Date(Date.parse(now) + WORK_MILLISECONDS).toISOString() } };
}

export function releaseCase(current: Case, by: string): Case {
  if (current.worker?.by !== by) return current;
  const { worker: _, ...free } = current;
  return free;
}
