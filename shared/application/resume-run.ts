import { executionNameOf } from '../domain/names.ts';
import type { Run } from '../domain/run.ts';
import type { RunEvent } from '../domain/run-event.ts';
import { stageOf } from '../domain/run-progress.ts';
import type { Executions } from '../ports/executions.ts';
import type { Runs, Timeline } from '../ports/runs.ts';

export type ResumeRunDeps = {
  runs: Pick<Runs, 'update'>;
  timeline: Pick<Timeline, 'record'>;
  executions: Pick<Executions, 'startLifecycle'>;
  now: () => string;
};

/**
 * Starts the next attempt of a run: the same story again, in which every step that is done answers at once. Of two who try at
 * the same time one is refused, or both start the same attempt, whose execution has one name. Who let it go on is on record
 * before anything runs; an execution that could then not be started is started by the sweeper.
 * @throws WriteConflict when the run's status or attempt has changed since it was read
 */
export async function resumeRun(
  run: Run,
  describe: (next: Run) => RunEvent,
  { runs, timeline, executions, now }: ResumeRunDeps,
): Promise<Run> {
  const changes = { attempt: run.attempt + 1, status: stageOf(run), reasons: [] };
  const resumed = await runs.update(run.runId, changes, now(), [run.status], run.attempt);
  await timeline.record(describe(resumed));
  await startAttempt(resumed, executions);
  return resumed;
}

/** Starts the execution of the run's current attempt. */
export async function startAttempt(run: Run, executions: Pick<Executions, 'startLifecycle'>): Promise<void> {
  const { runId, model, attempt, environments } = run;
  await executions.startLifecycle(executionNameOf(runId, attempt), { runId, model, attempt, environments });
}
