import type { Run, RunStatus } from '../domain/run.ts';
import { isForward } from '../domain/run-progress.ts';
import type { Runs } from '../ports/runs.ts';

/** Moves the run's status forward; a step that is repeated later leaves it where it is. */
export async function enterStage(runs: Pick<Runs, 'update'>, run: Run, stage: RunStatus, now: string): Promise<Run> {
  if (!isForward(run.status, stage)) return run;
  return runs.update(run.runId, { status: stage }, now, [run.status]);
}
