import type { Deployment, Rollback } from '../domain/deployment.ts';
import { nameOf } from '../domain/describe-hold.ts';
import { fitted } from '../domain/run-end.ts';
import { writeRollbackNotice } from '../domain/write-rollback-notice.ts';
import type { Notices } from '../ports/notices.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Rollbacks } from '../ports/rollbacks.ts';
import type { Timeline } from '../ports/runs.ts';
import { recordOnBoth } from './record-on-both.ts';
import { type ReleaseLeaseDeps, releaseLease } from './release-leases.ts';

export type CloseRollbackDeps = ReleaseLeaseDeps & {
  rollbacks: Pick<Rollbacks, 'fail'>;
  timeline: Pick<Timeline, 'record' | 'list'>;
  notices: Pick<Notices, 'tellOnCall'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
  publicUrl: string;
};

/** The deployment's row holds them beside six releases. */
const MOST_BYTES_OF_REASONS = 3200;

/** How a rollback failed. `keepsPending` where the endpoint may stand on the version that it was moved to. */
type Failure = { reasons: string[]; keepsPending: boolean };

/**
 * The last step of a rollback, however it went: it is on record, on-call knows, and the next one that waits may move the endpoint.
 * The mail comes before the record of it, so a crash between tells twice, but never not at all.
 */
export async function closeRollback(
  { model, environment }: Pick<Deployment, 'model' | 'environment'>,
  rollback: Rollback,
  failure: Failure | undefined,
  deps: CloseRollbackDeps,
): Promise<void> {
  const ended = failure === undefined ? rollback : await fail({ model, environment }, rollback, failure, deps);
  if (ended?.rollbackId === rollback.rollbackId && ended.status !== 'under-way')
    await tellOnce({ model, environment }, ended, deps);
  await releaseLease(model, environment, rollback.rollbackId, deps);
}

async function fail(
  { model, environment }: Pick<Deployment, 'model' | 'environment'>,
  { rollbackId }: Rollback,
  { reasons, keepsPending }: Failure,
  { rollbacks, now }: CloseRollbackDeps,
): Promise<Rollback | undefined> {
  const end = { reasons: fitted(reasons, MOST_BYTES_OF_REASONS), at: now(), keepsPending };
  return (await rollbacks.fail(model, environment, rollbackId, end)).rollback;
}

async function tellOnce(
  place: Pick<Deployment, 'model' | 'environment'>,
  rollback: Rollback,
  deps: CloseRollbackDeps,
): Promise<void> {
  const { environment } = place;
  const { status, from, to, by, reason, rollbackId } = rollback;
  const type = status === 'rolled-back' ? 'endpoint-rolled-back' : 'rollback-failed';
  const events = await deps.timeline.list(to.runId);
  if (events.some((event) => event.type === type && event.detail.rollback === rollbackId)) return;
  const onCall = deps.onboarding.ofModel(place.model)?.groups.onCall;
  if (onCall !== undefined) await deps.notices.tellOnCall(onCall, writeRollbackNotice(place, rollback, deps.publicUrl));
  const actor = nameOf(by);
  const summary =
    status === 'rolled-back'
      ? `${environment} serves version ${to.version} again: ${actor} rolled version ${from.version} back (${reason}).`
      : `The rollback of ${environment} to version ${to.version} failed: ${rollback.reasons[0] ?? 'no reason is known.'}`;
  const at = rollback.endedAt ?? deps.now();
  await recordOnBoth(rollback, type, at, { summary, environment, actor }, deps.timeline);
}
