import { ContractBroken } from '../domain/faults.ts';
import type { Run } from '../domain/run.ts';
import type { WhichMove, WhichRun } from '../domain/run-end.ts';
import type { Runs } from '../ports/runs.ts';

/**
 * The run that a step of one attempt works on.
 * @throws ContractBroken when a later attempt has taken over: the step of the former one must do nothing more
 */
export async function currentRun(runs: Pick<Runs, 'get'>, { runId, attempt }: WhichRun): Promise<Run> {
  const run = await runs.get(runId);
  if (run.attempt === attempt) return run;
  throw new ContractBroken(
    `Attempt ${attempt} of run ${runId} is over: attempt ${run.attempt} goes on. Nothing to do.`,
  );
}

/** The run whose version a step tests or gives back. For a rollback that is one that may have ended, whatever its attempt. */
export function runOfMove(
  runs: Pick<Runs, 'get'>,
  which: Pick<WhichMove, 'runId' | 'attempt' | 'rollbackId'>,
): Promise<Run> {
  return which.rollbackId === undefined ? currentRun(runs, which) : runs.get(which.runId);
}
