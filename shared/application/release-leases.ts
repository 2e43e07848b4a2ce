import { subjects } from '../domain/names.ts';
import { isActive } from '../domain/run.ts';
import type { Leases } from '../ports/deployments.ts';
import type { Rendezvous } from '../ports/rendezvous.ts';
import type { Runs } from '../ports/runs.ts';

export type ReleaseLeaseDeps = {
  leases: Pick<Leases, 'release'>;
  runs: Pick<Runs, 'find'>;
  rendezvous: Pick<Rendezvous, 'signal'>;
  now: () => string;
};

/** Lets go of the lease (or of the place in its queue) and wakes the run that waited longest, of those that still are on their way. */
export async function releaseLease(
  model: string,
  environment: string,
  runId: string,
  deps: ReleaseLeaseDeps,
): Promise<void> {
  const { next } = await deps.leases.release(model, environment, runId, deps.now());
  if (next === undefined) return;
  const waiting = await deps.runs.find(next.runId);
  if (waiting === undefined || !isActive(waiting.status)) return releaseLease(model, environment, next.runId, deps);
  const subject = subjects.lease(model, environment, next.runId, waiting.attempt);
  const output = { outcome: 'acquired', fence: next.fence, reasons: [] };
  await deps.rendezvous.signal(subject, { output }, deps.now());
}

/** What a run still holds when it ends, it lets go of, whatever became of its roll-outs. */
export async function releaseAllLeases(
  run: { runId: string; model: string; environments: readonly string[] },
  deps: ReleaseLeaseDeps,
): Promise<void> {
  for (const environment of run.environments) await releaseLease(run.model, environment, run.runId, deps);
}
