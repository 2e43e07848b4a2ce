import { type DecisionForm, type FieldError, readDecisionForm } from '../domain/decision-form.ts';
import type { Review } from '../domain/review.ts';
import type { GitlabUser } from '../domain/run.ts';
import type { Reviews } from '../ports/reviews.ts';
import { loadReview, type ReviewDossier, type ReviewSources } from './load-review.ts';

export type DecisionSources = ReviewSources & {
  reviews: Pick<Reviews, 'find' | 'decide'>;
  /** 128 random bits in hex. */
  newId: () => string;
};

type DecisionResult =
  | { outcome: 'decided'; review: Review }
  | { outcome: 'unknown' }
  /** The form lacks something. */
  | { outcome: 'incomplete'; dossier: ReviewDossier; errors: FieldError[] }
  /** This person may not decide this review. */
  | { outcome: 'not-eligible'; dossier: ReviewDossier; why: string }
  /** Somebody was faster, time ran out, or the page that was read is not the page that is asked about. */
  | { outcome: 'too-late'; dossier: ReviewDossier; why: string };

/** Takes a steward's decision, once. `memberships` must ask GitLab anew: who is a steward is a question of this moment. */
export async function takeDecision(
  reviewId: string,
  user: GitlabUser,
  form: DecisionForm,
  sources: DecisionSources,
): Promise<DecisionResult> {
  const dossier = await loadReview(reviewId, user, sources);
  if (dossier === undefined) return { outcome: 'unknown' };
  const { review } = dossier;
  if (review.status !== 'pending') return tooLate(dossier);
  if (!dossier.eligibility.may) {
    const isOver = Date.parse(review.expiresAt) <= Date.parse(sources.now());
    return isOver ? tooLate(dossier) : { outcome: 'not-eligible', dossier, why: dossier.eligibility.why };
  }
  const read = readDecisionForm(form);
  if ('errors' in read) return { outcome: 'incomplete', dossier, errors: read.errors };

  const decision = { decisionId: sources.newId(), by: user, at: sources.now(), ...read.wish };
  const decided = await sources.reviews.decide(reviewId, decision);
  if (decided.outcome === 'decided') return { outcome: 'decided', review: decided.review };
  const later = { ...dossier, review: decided.review };
  return decided.outcome === 'other-digest' ? otherPacket(later) : tooLate(later);
}

function tooLate(dossier: ReviewDossier): DecisionResult {
  const { review } = dossier;
  const by = review.decision && `${review.decision.by.name} has ${review.decision.outcome} it already`;
  const why = by ?? (review.status === 'superseded' ? 'A newer candidate has taken its place' : 'Its time is over');
  return { outcome: 'too-late', dossier, why: `${why}, so your decision was not recorded.` };
}

function otherPacket(dossier: ReviewDossier): DecisionResult {
  const why =
    'What you were shown is not what is asked about, so your decision was not recorded. Read the page as it is now.';
  return { outcome: 'too-late', dossier, why };
}
