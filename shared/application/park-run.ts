import { describeEvent } from '../domain/describe-event.ts';
import { hasEnded, type Run } from '../domain/run.ts';
import { bounded } from '../domain/run-end.ts';
import { writeParkedNotice } from '../domain/write-parked-notice.ts';
import type { CommitStatuses } from '../ports/gitlab.ts';
import type { Notices } from '../ports/notices.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Runs, Timeline } from '../ports/runs.ts';
import { type ReleaseLeaseDeps, releaseAllLeases } from './release-leases.ts';
import { setCommitStatus } from './set-commit-status.ts';

export type ParkRunDeps = ReleaseLeaseDeps & {
  runs: Pick<Runs, 'get' | 'find' | 'update'>;
  timeline: Pick<Timeline, 'record' | 'list'>;
  notices: Pick<Notices, 'tellOnCall'>;
  statuses: CommitStatuses;
  onboarding: Pick<Onboarding, 'ofModel'>;
  publicUrl: string;
  now: () => string;
};

/**
 * Stops a run that met a fault until a person lets it go on: on-call hears of it, its author does not. A repetition, and an
 * attempt that another one has replaced, change nothing. The mail comes first: nobody looks after a parked run, so one of which
 * on-call was not told would wait for ever, while an active one is taken up by the sweeper.
 */
export async function parkRun(run: Run, reasons: readonly string[], deps: ParkRunDeps): Promise<'parked' | 'over'> {
  if (hasEnded(run.status)) return 'over';
  const told = bounded(
    reasons.length > 0 ? reasons : ['A step failed without saying why. Look at the log of the workflow.'],
  );
  await tellOnce(run, told, deps);
  const parked = await deps.runs.update(run.runId, { status: 'parked', reasons: told }, deps.now());
  await releaseAllLeases(parked, deps);
  await setCommitStatus(
    deps.statuses,
    parked,
    deps.publicUrl,
    'running',
    'Parked: the platform has a problem, on-call was told',
  );
  return 'parked';
}

/** The event is written after the mail: a crash between may tell twice, but never not at all. */
async function tellOnce(run: Run, reasons: readonly string[], deps: ParkRunDeps): Promise<void> {
  const summary = `The run is parked: ${reasons[0]}`;
  const event = describeEvent(run.runId, 'run-parked', deps.now(), {
    summary,
    again: run.attempt,
    detail: { reasons: [...reasons] },
  });
  const events = await deps.timeline.list(run.runId);
  if (events.some(({ key }) => key === event.key)) return;
  const record = deps.onboarding.ofModel(run.model);
  if (record !== undefined)
    await deps.notices.tellOnCall(record.groups.onCall, writeParkedNotice(run, reasons, deps.publicUrl));
  await deps.timeline.record(event);
}
