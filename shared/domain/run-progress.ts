import type { Run, RunStatus } from './run.ts';

/** The stages of a run that is on its way, in their order. */
const STAGES: readonly RunStatus[] = ['training', 'judging', 'registering', 'awaiting-approval', 'rolling-out'];

/** Whether entering `to` takes the run forward; a step that is repeated after its run has gone on does not. */
export function isForward(from: RunStatus, to: RunStatus): boolean {
  return STAGES.includes(from) && STAGES.indexOf(to) > STAGES.indexOf(from);
}

/** Where a run that goes on stands: after the last step whose result is recorded. */
export function stageOf(run: Run): RunStatus {
  if (run.approval !== undefined) return 'rolling-out';
  if (run.registered !== undefined) return 'awaiting-approval';
  if (run.verdict !== undefined) return 'registering';
  if (run.training?.artifactUri !== undefined) return 'judging';
  return 'training';
}
