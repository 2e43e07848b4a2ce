import { step } from '../../../functions/approval/request-approval.ts';
import { expireReview } from '../../../shared/application/expire-review.ts';
import { approvalWorld, people } from './approval-world.ts';

async function pending() {
  const world = approvalWorld();
  const run = await world.register();
  await step.run({ runId: run.runId, attempt: 1, taskToken: 'token-1' }, world);
  const [review] = await world.reviews.pendingOfModel(run.model);
  if (review === undefined) throw new Error('no review');
  return { world, review };
}

describe('expiry', () => {
  it('closes a review whose time is over, tells the stewards once, and never approves', async () => {
    const { world, review } = await pending();
    world.clock.now = Date.parse(review.expiresAt);
    await expireReview(review, world);
    await expireReview(review, world);
    expect(await world.reviews.find(review.reviewId)).toMatchObject({ status: 'expired' });
    expect(world.notices.sent.map(({ subject }) => subject)).toEqual([
      'flight-delays v1 waits for your decision',
      'flight-delays v1 was not decided in time',
    ]);
    expect(world.rendezvous.tokens.answers.get('token-1')).toMatchObject({ output: { outcome: 'expired' } });
    expect(world.timeline.bus.facts.at(-1)?.detail).toMatchObject({ outcome: 'expired' });
    expect((await world.runs.get(review.runId)).approval).toBeUndefined();
  });

  it('leaves a review alone that still has time', async () => {
    const { world, review } = await pending();
    world.clock.now = Date.parse(review.expiresAt) - 1;
    await expireReview(review, world);
    expect(await world.reviews.find(review.reviewId)).toMatchObject({ status: 'pending' });
    expect(world.rendezvous.tokens.answers.size).toBe(0);
  });

  it('repairs a crash between a decision and its answer', async () => {
    const { world, review } = await pending();
    const decision = {
      decisionId: 'd1',
      outcome: 'approved' as const,
      by: people.steward,
      at: world.now(),
      reason: 'Good.',
      packetSha256: review.packet.sha256,
    };
    await world.reviews.decide(review.reviewId, decision);
    world.clock.now = Date.parse(review.expiresAt) + 1;
    await expireReview(review, world);
    expect(world.rendezvous.tokens.answers.get('token-1')).toEqual({ output: { outcome: 'approved', reasons: [] } });
  });
});
