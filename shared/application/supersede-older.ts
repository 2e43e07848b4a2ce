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
  const waiting = pending.find(({ sequence }) => sequence > run.sequence);
  // Looked for after those that wait: a review that is decided meanwhile is then found further on.
  const newer = waiting?.runId ?? (await findPastApproval(run, dependencies));
  if (newer !== undefined) return supersede(review, newer, dependencies);
  for (const older of pending.filter(({ sequence }) => sequence < review.sequence)) {
    await supersede(older, review.runId, dependencies);
  }
}

/** A newer run of the model that rolls out or is live somewhere. */
async function findPastApproval(
  { model, sequence }: Run,
  { deployments, runs }: SupersedeDependencies,
): Promise<string | undefined> {
  const [deployed, newer] = await Promise.all([
    deployments.listByModel(model),
    runs.listByModel(model, NEWEST_RUNS, sequence),
  ]);
  const live = deployed.flatMap((deployment) => deployment.live ?? []).find((each) => each.sequence > sequence);
  return live?.runId ?? newer.find(({ status }) => PAST_APPROVAL.includes(status))?.runId;
}

async function supersede(review: Review, byRunId: string, dependencies: SupersedeDependencies): Promise<void> {
  await dependencies.reviews.close(review.reviewId, 'superseded', dependencies.now(), byRunId);
  const closed = await dependencies.reviews.find(review.reviewId);
  if (closed !== undefined) await settleReview(closed, dependencies);
}
