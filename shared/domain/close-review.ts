import type { Decision, Review } from './review.ts';

type DecisionOutcome = 'decided' | 'already-closed' | 'expired' | 'other-digest';

/** Whether this decision may close the review: still pending, in time, and about the packet that was shown. */
export function decisionOutcome(review: Review, decision: Decision): DecisionOutcome {
  if (review.status !== 'pending') return 'already-closed';
  if (Date.parse(decision.at) >= Date.parse(review.expiresAt)) return 'expired';
  if (decision.packetSha256 !== review.packet.sha256) return 'other-digest';
  return 'decided';
}

export function withDecision(review: Review, decision: Decision): Review {
  return { ...review, status: decision.outcome, decision };
}

/** What the run records of an approval; every environment compares with it before anything is created. */
export function approvalOf(review: Review, decision: Decision) {
  return {
    decidedBy: decision.by,
    decidedAt: decision.at,
    packetSha256: review.packet.sha256,
    artifactSha256: review.artifactSha256,
    policySha256: review.policySha256,
  };
}
