import type { Decision, Review } from '../domain/review.ts';

export type Reviews = {
  /** Creates the review; an existing one of the same id stays as it is. */
  open(review: Review): Promise<Review>;
  find(reviewId: string): Promise<Review | undefined>;
  pendingOfModel(model: string): Promise<Review[]>;
  /** Pending reviews whose expiry lies before `now`. */
  expired(now: string): Promise<Review[]>;
  /**
   * One transaction: pending, not expired at `decision.at`, and the digest that was shown is the packet's; the vote is appended.
   * `run.approval` is written in the same transaction when approved.
   */
  decide(
    reviewId: string,
    decision: Decision,
  ): Promise<{ outcome: 'decided' | 'already-closed' | 'expired' | 'other-digest'; review: Review }>;
  /** Closes a pending review without a decision; `already-closed` when somebody was faster. */
  close(
    reviewId: string,
    status: 'expired' | 'superseded',
    at: string,
    supersededBy?: string,
  ): Promise<'closed' | 'already-closed'>;
};
