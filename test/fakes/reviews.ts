import { approvalOf, decisionOutcome, withDecision } from '../../shared/domain/close-review.ts';
import { NotFound } from '../../shared/domain/faults.ts';
import type { Review } from '../../shared/domain/review.ts';
import type { Reviews } from '../../shared/ports/reviews.ts';
import { type FakeRuns, fakeRuns } from './runs.ts';

export type FakeReviews = Reviews & { put: (review: Review) => Review };

export function fakeReviews(runs: FakeRuns = fakeRuns()): FakeReviews {
  const reviews = new Map<string, Review>();
  const pending = () => [...reviews.values()].filter((review) => review.status === 'pending');

  function put(review: Review): Review {
    reviews.set(review.reviewId, structuredClone(review));
    return review;
  }

  function get(reviewId: string): Review {
    const review = reviews.get(reviewId);
    if (review === undefined) throw new NotFound(`There is no review ${reviewId}.`);
    return structuredClone(review);
  }

  return {
    put,
    async open(review) {
      return reviews.has(review.reviewId) ? get(review.reviewId) : put(review);
    },
    async find(reviewId) {
      return reviews.has(reviewId) ? get(reviewId) : undefined;
    },
    async pendingOfModel(model) {
      return structuredClone(pending().filter((review) => review.model === model));
    },
    async expired(now) {
      return structuredClone(pending().filter((review) => Date.parse(review.expiresAt) <= Date.parse(now)));
    },
    async decide(reviewId, decision) {
      const review = get(reviewId);
      const outcome = decisionOutcome(review, decision);
      if (outcome !== 'decided') return { outcome, review };
      if (decision.outcome === 'approved') {
        // Chosen before the write and undone after a refusal: a decision is one transaction, and fifty may race for it.
        put(withDecision(review, decision));
        try {
          await runs.update(review.runId, { approval: approvalOf(review, decision) }, decision.at);
        } catch (refusal) {
          put(review);
          throw refusal;
        }
      }
      return { outcome, review: put(withDecision(review, decision)) };
    },
    async close(reviewId, status, _at, supersededBy) {
      const review = get(reviewId);
      if (review.status !== 'pending') return 'already-closed';
      put({ ...review, status, ...(supersededBy && { supersededBy }) });
      return 'closed';
    },
  };
}
