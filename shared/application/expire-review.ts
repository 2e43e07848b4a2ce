import type { Review } from '../domain/review.ts';
import type { Reviews } from '../ports/reviews.ts';
import { type SettleReviewDependencies, settleReview } from './settle-review.ts';

/** Closes a pending review whose time is over. A decision that was faster stands, and is settled instead. */
export async function expireReview(
  review: Review,
  dependencies: SettleReviewDependencies & { reviews: Pick<Reviews, 'close' | 'find'> },
): Promise<void> {
  const { reviews, now } = dependencies;
  if (review.status === 'pending' && Date.parse(review.expiresAt) <= Date.parse(now())) {
    await reviews.close(review.reviewId, 'expired', now());
  }
  const closed = await reviews.find(review.reviewId);
  if (closed !== undefined) await settleReview(closed, dependencies);
}
