import { subjects } from '../domain/names.ts';
import type { Decision, Review } from '../domain/review.ts';
import type { Notices } from '../ports/notices.ts';
import type { Rendezvous } from '../ports/rendezvous.ts';
import type { Timeline } from '../ports/runs.ts';
import { writeExpiryNotice } from './write-review-notice.ts';

export type SettleDecisionDependencies = {
  timeline: Pick<Timeline, 'record'>;
  rendezvous: Pick<Rendezvous, 'signal'>;
  now: () => string;
};

export type SettleReviewDependencies = SettleDecisionDependencies & {
  timeline: Timeline;
  notices: Pick<Notices, 'tellStewards'>;
  publicUrl: string;
};

/**
 * Records how a closed review ended and wakes the run that waits for it. Each part happens once however often this is called,
 * so that a crash anywhere after the decision is repaired by calling it again. A pending review is left alone.
 */
export async function settleReview(review: Review, dependencies: SettleReviewDependencies): Promise<void> {
  if (review.status === 'expired') await recordExpiry(review, dependencies);
  await settleDecision(review, dependencies);
}

/** The same for a review that a person has just decided, or that a newer candidate has superseded: nobody needs a mail. */
export async function settleDecision(
  review: Review,
  { timeline, rendezvous, now }: SettleDecisionDependencies,
): Promise<void> {
  if (review.status === 'pending') return;
  if (review.decision !== undefined) await recordDecision(review, review.decision, timeline);
  const output = { outcome: review.status, reasons: reasonsOf(review) };
  await rendezvous.signal(subjects.review(review.reviewId), { output }, now());
}

async function recordDecision(review: Review, decision: Decision, timeline: Pick<Timeline, 'record'>): Promise<void> {
  const who = `${decision.by.name} (@${decision.by.username})`;
  await timeline.record({
    runId: review.runId,
    key: 'approval-decided',
    type: 'approval-decided',
    at: decision.at,
    summary: `${who} ${decision.outcome} version ${review.version}.`,
    actor: who,
    detail: {
      reviewId: review.reviewId,
      decisionId: decision.decisionId,
      outcome: decision.outcome,
      version: review.version,
      decidedBy: decision.by.id,
      reason: decision.reason,
      ...(decision.code && { code: decision.code }),
      packetSha256: decision.packetSha256,
    },
  });
}

async function recordExpiry(
  review: Review,
  { timeline, notices, publicUrl, now }: SettleReviewDependencies,
): Promise<void> {
  const events = await timeline.list(review.runId);
  if (events.some(({ key }) => key === 'approval-expired')) return;
  await notices.tellStewards(review.stewardsGroup, writeExpiryNotice(review, publicUrl));
  await timeline.record({
    runId: review.runId,
    key: 'approval-expired',
    type: 'approval-expired',
    at: now(),
    summary: `Nobody decided about version ${review.version} in time. Silence never approves.`,
    detail: { reviewId: review.reviewId, outcome: 'expired', version: review.version },
  });
}

/** The longest sentence that a run keeps. */
const MAX_REASON = 1_000;

function reasonsOf(review: Review): string[] {
  const { decision, status, supersededBy } = review;
  if (status === 'rejected' && decision !== undefined) {
    const code = decision.code ? ` (${decision.code})` : '';
    const lines = [`${decision.by.name} (@${decision.by.username}) rejected version ${review.version}${code}.`];
    for (let at = 0; at < decision.reason.length; at += MAX_REASON)
      lines.push(decision.reason.slice(at, at + MAX_REASON));
    return lines;
  }
  if (status === 'expired') {
    return [
      `Nobody of ${review.stewardsGroup} decided about version ${review.version} in time. Silence never approves; push again to ask again.`,
    ];
  }
  if (status === 'superseded') {
    return [
      `A newer candidate of ${review.model}${supersededBy ? ` (run ${supersededBy})` : ''} took this one's place.`,
    ];
  }
  return [];
}
