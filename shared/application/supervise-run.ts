import { describeEvent } from '../domain/describe-event.ts';
import { executionNameOf } from '../domain/names.ts';
import type { Run } from '../domain/run.ts';
import type { Executions } from '../ports/executions.ts';
import { type ResumeRunDeps, resumeRun, startAttempt } from './resume-run.ts';

export type SuperviseRunDeps = ResumeRunDeps & {
  executions: Executions;
  /** Parks the run as the workflow would: on-call hears of it. */
  park: (run: Run, sentence: string) => Promise<void>;
};

/** After so many attempts something is wrong that another attempt won't mend. */
const MOST_ATTEMPTS = 5;
/** Between the record of a run and the start of its execution there are seconds at most. */
const JUST_BEGUN_MS = 60_000;

/** Makes sure that an execution works on an active run: starts the one that is missing, replaces the one that was lost. */
export async function superviseRun(run: Run, deps: SuperviseRunDeps): Promise<void> {
  const { executions, now } = deps;
  const status = await executions.lifecycleStatus(executionNameOf(run.runId, run.attempt));
  if (status === 'RUNNING') return;
  if (status === undefined) {
    const isLate = Date.parse(now()) - Date.parse(run.updatedAt) > JUST_BEGUN_MS;
    return isLate ? startAttempt(run, executions) : undefined;
  }
  if (status === 'ABORTED') return deps.park(run, 'Somebody stopped the execution of the workflow by hand.');
  if (run.attempt >= MOST_ATTEMPTS) {
    return deps.park(
      run,
      `The execution of the workflow ended as ${status} in ${run.attempt} attempts: see its history.`,
    );
  }
  const describe = ({ runId, attempt }: Run) => {
    const summary = `The execution of the workflow was lost (${status}); attempt ${attempt} goes on from the last good step.`;
    return describeEvent(runId, 'run-resumed', now(), { summary, again: attempt });
  };
  await resumeRun(run, describe, deps);
}
