import { isRollbackId, subjects } from '../domain/names.ts';
import { isActive } from '../domain/run.ts';
import type { Leases } from '../ports/deployments.ts';
import type { Rendezvous } from '../ports/rendezvous.ts';
import type { Runs } from '../ports/runs.ts';
import { together } from './in-parallel.ts';

export type ReleaseLeaseDeps = {
  leases: Pick<Leases, 'release'>;
  runs: Pick<Runs, 'find'>;
  rendezvous: Pick<Rendezvous, 'signal'>;
  now: () => string;
};

/**
 * Lets go of the lease (or of the place in its queue) and wakes whoever waited longest: a run that still is on its way, or a
 * rollback, which leaves the queue when it ends.
 */
export async function releaseLease(
  model: string,
  environment: string,
  holderId: string,
  deps: ReleaseLeaseDeps,
): Promise<void> {
  const { next } = await deps.leases.release(model, environment, holderId, deps.now());
  if (next === undefined) return;
  const subject = await subjectOf(model, environment, next.runId, deps);
  if (subject === undefined) return releaseLease(model, environment, next.runId, deps);
  const output = { outcome: 'acquired', fence: next.fence, reasons: [] };
  await deps.rendezvous.signal(subject, { output }, deps.now());
}

/** What the next holder waits for; `undefined` for a run that has ended or is parked. */
async function subjectOf(
  model: string,
  environment: string,
  holderId: string,
  { runs }: ReleaseLeaseDeps,
): Promise<string | undefined> {
  if (isRollbackId(holderId)) return subjects.rollbackLease(model, environment, holderId);
  const waiting = await runs.find(holderId);
  if (waiting === undefined || !isActive(waiting.status)) return undefined;
  return subjects.lease(model, environment, holderId, waiting.attempt);
}

/** What a run still holds when it ends, it lets go of, whatever became of its roll-outs. */
export async function releaseAllLeases(
  run: { runId: string; model: string; environments: readonly string[] },
  deps: ReleaseLeaseDeps,
): Promise<void> {
  await together(run.environments.map((environment) => releaseLease(run.model, environment, run.runId, deps)));
}
