import { type Eligibility, eligibility } from '../domain/four-eyes.ts';
import type { Review } from '../domain/review.ts';
import { ReviewPacket } from '../domain/review-packet.ts';
import type { GitlabUser, Run } from '../domain/run.ts';
import type { RunEvent } from '../domain/run-event.ts';
import type { Documents } from '../ports/documents.ts';
import type { Memberships } from '../ports/gitlab.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Reviews } from '../ports/reviews.ts';
import type { Runs, Timeline } from '../ports/runs.ts';
import { authorizeReader } from './authorize-reader.ts';
import { readDocument } from './read-document.ts';

/** All that the page of a review shows, for one reader. */
export type ReviewDossier = {
  review: Review;
  run: Run;
  packet: ReviewPacket;
  timeline: RunEvent[];
  eligibility: Eligibility;
};

export type ReviewSources = {
  reviews: Pick<Reviews, 'find'>;
  runs: Pick<Runs, 'find'>;
  timeline: Pick<Timeline, 'list'>;
  documents: Pick<Documents, 'read'>;
  onboarding: Onboarding;
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>;
  now: () => string;
};

/**
 * The review as this person may see it; `undefined` where there is none or they may not know of it.
 * @throws DigestMismatch when the stored packet is not the one that was frozen
 */
export async function loadReview(
  reviewId: string,
  user: GitlabUser,
  sources: ReviewSources,
): Promise<ReviewDossier | undefined> {
  const review = await sources.reviews.find(reviewId);
  const record = review && sources.onboarding.ofModel(review.model);
  if (review === undefined || record === undefined) return undefined;
  if ((await authorizeReader(record, user.id, sources.memberships)) === undefined) return undefined;
  const [run, timeline, packet, groupAccess] = await Promise.all([
    sources.runs.find(review.runId),
    sources.timeline.list(review.runId),
    readDocument(sources.documents, ReviewPacket, review.packet, 'The review packet'),
    sources.memberships.inGroup(review.stewardsGroup, user.id),
  ]);
  if (run === undefined) return undefined;
  const { involved } = packet;
  return {
    review,
    run,
    packet,
    timeline,
    eligibility: eligibility({ review, user, groupAccess, involved, now: sources.now() }),
  };
}
