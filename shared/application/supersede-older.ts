import type { Review } from '../domain/review.ts';
import type { Run, RunStatus } from '../domain/run.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Reviews } from '../ports/reviews.ts';
import type { Runs } from '../ports/runs.ts';
import { type SettleReviewDependencies, settleReview } from './settle-review.ts';

export type SupersedeDependencies = SettleReviewDependencies & {
  reviews: Pick<Reviews, 'pendingOfModel' | 'close' | 'find'>;
  deployments: Pick<Deployments, 'listByModel'>;
  runs: Pick<Runs, 'listByModel'>;
};

/** How far back a newer run of the model is looked for. */
const NEWEST_RUNS = 20;
const PAST_APPROVAL: readonly RunStatus[] = ['rolling-out', 'live'];

/**
 * Leaves one question per model open: older pending reviews are closed in favour of this one, and this one is closed at once
 * when a newer candidate waits, rolls out or is live. Called after the review was opened, so that of two that open together
 * at least one sees the other.
 */
export async function supersedeOlder(run: Run, review: Review, dependencies: SupersedeDependencies): Promise<void> {
  const pending = await dependencies.reviews.pendingOfModel(review.model);
  const newer = await findNewer(run, pending, dependencies);
  if (newer !== undefined) return supersede(review, newer, dependencies);
  for (const older of pending.filter(({ sequence }) => sequence < review.sequence)) {
    await supersede(older, review.runId, dependencies);
  }
}

async function findNewer(
  run: Run,
  pending: readonly Review[],
  { deployments, runs }: SupersedeDependencies,
): Promise<string | undefined> {
  const isNewer = ({ sequence }: { sequence: number }) => sequence > run.sequence;
  const waiting = pending.find(isNewer);
  if (waiting !== undefined) return waiting.runId;
  const live = (await deployments.listByModel(run.model)).flatMap((deployment) => deployment.live ?? []).find(isNewer);
  if (live !== undefined) return live.runId;
  const recent = await runs.listByModel(run.model, NEWEST_RUNS);
  return recent.find((other) => isNewer(other) && PAST_APPROVAL.includes(other.status))?.runId;
}

async function supersede(review: Review, byRunId: string, dependencies: SupersedeDependencies): Promise<void> {
  await dependencies.reviews.close(review.reviewId, 'superseded', dependencies.now(), byRunId);
  const closed = await dependencies.reviews.find(review.reviewId);
  if (closed !== undefined) await settleReview(closed, dependencies);
}
