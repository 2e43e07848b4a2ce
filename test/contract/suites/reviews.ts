import { beforeEach, expect, it } from '@jest/globals';
import { NotFound, WriteConflict } from '../../../shared/domain/faults.ts';
import type { Decision, Review } from '../../../shared/domain/review.ts';
import type { Run } from '../../../shared/domain/run.ts';
import type { Reviews } from '../../../shared/ports/reviews.ts';
import type { Runs } from '../../../shared/ports/runs.ts';
import { sampleEvent, sampleReview, sampleRun } from '../../fakes/sample-records.ts';
import { anyId, anyModel, anyPipeline } from './any-names.ts';

const IN_TIME = '2026-11-24T12:00:00.000Z';

/** What every `Reviews` does; the runs are those that it writes approvals to. */
export function reviewsContract(make: () => Promise<{ reviews: Reviews; runs: Runs }>) {
  let reviews: Reviews;
  let runs: Runs;
  let run: Run;
  let review: Review;

  beforeEach(async () => {
    ({ reviews, runs } = await make());
    const candidate = sampleRun({ model: anyModel(), pipelineId: anyPipeline(), status: 'awaiting-approval' });
    run = (await runs.create(candidate, sampleEvent(candidate))).run;
    review = sampleReview(run, { reviewId: anyId() + anyId() });
    await reviews.open(review);
  });

  const decision = (changes: Partial<Decision> = {}): Decision => ({
    decisionId: anyId(),
    outcome: 'approved',
    by: { id: 4, username: 'steward-1', name: 'Stefanie Steward' },
    at: IN_TIME,
    reason: 'Better on every slice.',
    packetSha256: review.packet.sha256,
    ...changes,
  });

  it('opens a review once: the one that exists stays as it is', async () => {
    expect(await reviews.open({ ...review, version: 99 })).toEqual(review);
    expect(await reviews.find(review.reviewId)).toEqual(review);
  });

  it('finds no review that was never opened', async () => {
    expect(await reviews.find('0'.repeat(32))).toBeUndefined();
    await expect(reviews.decide('0'.repeat(32), decision())).rejects.toThrow(NotFound);
  });

  it('records an approval on the review and on its run, together', async () => {
    const approved = decision();
    const decided = await reviews.decide(review.reviewId, approved);
    expect(decided).toEqual({ outcome: 'decided', review: { ...review, status: 'approved', decision: approved } });
    expect(await reviews.find(review.reviewId)).toEqual(decided.review);
    expect((await runs.get(run.runId)).approval).toEqual({
      decidedBy: approved.by,
      decidedAt: IN_TIME,
      packetSha256: review.packet.sha256,
      artifactSha256: review.artifactSha256,
      policySha256: review.policySha256,
    });
  });

  it('records a rejection without an approval', async () => {
    const decided = await reviews.decide(review.reviewId, decision({ outcome: 'rejected', code: 'metrics' }));
    expect(decided.review).toMatchObject({ status: 'rejected', decision: { code: 'metrics' } });
    expect((await runs.get(run.runId)).approval).toBeUndefined();
  });

  it('takes one decision of fifty that race, and shows it to the others', async () => {
    const decisions = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        reviews.decide(
          review.reviewId,
          decision({ outcome: index % 2 === 0 ? 'approved' : 'rejected', decisionId: `d${index}` }),
        ),
      ),
    );
    const winners = decisions.filter(({ outcome }) => outcome === 'decided');
    expect(winners).toHaveLength(1);
    for (const { review: seen } of decisions) expect(seen.decision).toEqual(winners[0]?.review.decision);
  });

  it('takes no decision at or after the deadline', async () => {
    const late = await reviews.decide(review.reviewId, decision({ at: review.expiresAt }));
    expect(late.outcome).toBe('expired');
    expect((await reviews.find(review.reviewId))?.status).toBe('pending');
  });

  it('takes no decision about another packet than the one that was shown', async () => {
    const other = await reviews.decide(review.reviewId, decision({ packetSha256: 'f'.repeat(64) }));
    expect(other.outcome).toBe('other-digest');
    expect((await runs.get(run.runId)).approval).toBeUndefined();
  });

  it('approves nothing for a run that has ended', async () => {
    await runs.update(run.runId, { status: 'superseded', endedAt: IN_TIME }, IN_TIME);
    await expect(reviews.decide(review.reviewId, decision())).rejects.toThrow(WriteConflict);
    expect((await reviews.find(review.reviewId))?.status).toBe('pending');
  });

  it('lists the pending reviews of a model, and only these', async () => {
    const second = sampleReview(run, { reviewId: anyId() + anyId(), sequence: 2 });
    await reviews.open(second);
    await reviews.decide(review.reviewId, decision());
    expect(await reviews.pendingOfModel(run.model)).toEqual([second]);
    expect(await reviews.pendingOfModel(anyModel())).toEqual([]);
  });

  it('lists as expired what is pending and whose deadline has come', async () => {
    const ours = async (now: string) =>
      (await reviews.expired(now)).filter(({ reviewId }) => reviewId === review.reviewId);
    expect(await ours('2026-11-26T11:59:59.000Z')).toEqual([]);
    expect(await ours(review.expiresAt)).toEqual([review]);
    await reviews.close(review.reviewId, 'expired', review.expiresAt);
    expect(await ours(review.expiresAt)).toEqual([]);
  });

  it('closes a pending review once, and says who took its place', async () => {
    expect(await reviews.close(review.reviewId, 'superseded', IN_TIME, 'newer-run')).toBe('closed');
    expect(await reviews.close(review.reviewId, 'expired', IN_TIME)).toBe('already-closed');
    expect(await reviews.find(review.reviewId)).toEqual({ ...review, status: 'superseded', supersededBy: 'newer-run' });
    expect((await reviews.decide(review.reviewId, decision())).outcome).toBe('already-closed');
  });
}
