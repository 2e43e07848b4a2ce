import { step } from '../../../functions/approval/request-approval.ts';
import { canonicalJson } from '../../../shared/domain/canonical-json.ts';
import { ReviewPacket } from '../../../shared/domain/review-packet.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { COMMIT, sampleRun } from '../../fakes/sample-records.ts';
import { type ApprovalWorld, approvalWorld, commit, LIVE_COMMIT, people, policy, putLive } from './approval-world.ts';

const ask = (world: ApprovalWorld, run: Run, taskToken = 'token-1') =>
  step.run({ runId: run.runId, attempt: run.attempt, taskToken }, world);

async function reviewOf(world: ApprovalWorld, run: Run) {
  const { reviewId } = await world.runs.get(run.runId);
  const review = await world.reviews.find(reviewId ?? '');
  if (review === undefined) throw new Error('the run has no review');
  return review;
}

async function packetOf(world: ApprovalWorld, run: Run): Promise<ReviewPacket> {
  const review = await reviewOf(world, run);
  return ReviewPacket.parse(JSON.parse(Buffer.from(await world.documents.read(review.packet)).toString()));
}

describe('asking for approval', () => {
  it('opens a review with the frozen packet, and waits', async () => {
    const world = approvalWorld();
    const run = await world.register();
    await ask(world, run);
    expect(await reviewOf(world, run)).toMatchObject({
      status: 'pending',
      runId: run.runId,
      version: 1,
      stewardsGroup: 'ml-stewards',
      fourEyes: true,
      requestedAt: '2026-11-23T12:00:00.000Z',
      expiresAt: '2026-11-26T12:00:00.000Z',
      artifactSha256: 'b'.repeat(64),
      policySha256: 'c'.repeat(64),
    });
    expect((await world.runs.get(run.runId)).status).toBe('awaiting-approval');
    expect(world.rendezvous.tokens.answers.size).toBe(0);
  });

  it('tells the stewards once, in text, with one link and no token', async () => {
    const world = approvalWorld();
    const run = await world.register();
    await ask(world, run, 'a-secret-task-token');
    await ask(world, run, 'another-secret-task-token');
    const { reviewId } = await world.runs.get(run.runId);
    expect(world.notices.sent).toHaveLength(1);
    const [mail] = world.notices.sent;
    expect(mail).toMatchObject({
      to: 'stewards',
      group: 'ml-stewards',
      subject: 'flight-delays v1 waits for your decision',
    });
    expect(mail?.text).toContain('Decide by Thu 26 Nov 2026 12:00 UTC');
    expect(mail?.text).toContain('Gates: 1 of 1 passed.');
    expect(mail?.text.match(/https?:\S+/g)).toEqual([`http://127.0.0.1:8080/reviews/${reviewId}`]);
    expect(mail?.text).not.toMatch(/token|approved=|decision=/i);
  });

  it('records the question in the timeline, as a fact for the bus', async () => {
    const world = approvalWorld();
    const run = await world.register();
    await ask(world, run);
    expect(world.timeline.events.map(({ key }) => key)).toEqual(['approval-requested']);
    expect(world.timeline.bus.facts.map(({ detailType }) => detailType)).toEqual(['ApprovalRequested.v1']);
  });

  it('finds its review again when it is repeated, with the newest token', async () => {
    const world = approvalWorld();
    const run = await world.register();
    await ask(world, run);
    const first = await reviewOf(world, run);
    await ask(world, { ...run, attempt: 1 }, 'token-2');
    expect(await reviewOf(world, run)).toEqual(first);
    await world.rendezvous.signal(
      `review/${first.reviewId}`,
      { output: { outcome: 'approved', reasons: [] } },
      world.now(),
    );
    expect([...world.rendezvous.tokens.answers.keys()]).toEqual(['token-2']);
  });

  it('answers at once when the review was decided before', async () => {
    const world = approvalWorld();
    const run = await world.register();
    await ask(world, run);
    const review = await reviewOf(world, run);
    await world.reviews.decide(review.reviewId, {
      decisionId: 'd1',
      outcome: 'rejected',
      by: people.steward,
      at: world.now(),
      reason: 'x'.repeat(1500),
      code: 'metrics',
      packetSha256: review.packet.sha256,
    });
    world.runs.put({ ...(await world.runs.get(run.runId)), attempt: 2 });
    await ask(world, { ...run, attempt: 2 }, 'token-2');
    expect(world.rendezvous.tokens.answers.get('token-2')).toEqual({
      output: {
        outcome: 'rejected',
        reasons: ['Sam Steward (@steward-1) rejected version 1 (metrics).', 'x'.repeat(1000), 'x'.repeat(500)],
      },
    });
    expect(world.timeline.events.map(({ key }) => key)).toContain('approval-decided');
  });

  it('does nothing for an attempt that another one has taken over', async () => {
    const world = approvalWorld();
    const run = await world.register({ attempt: 2 });
    await expect(ask(world, { ...run, attempt: 1 })).rejects.toMatchObject({ name: 'ContractBroken' });
    expect(world.notices.sent).toEqual([]);
  });

  it('refuses to ask about a run without a registered version', async () => {
    const world = approvalWorld();
    const run = world.runs.put(sampleRun({ status: 'registering' }));
    await expect(ask(world, run)).rejects.toMatchObject({ name: 'ContractBroken' });
  });
});

describe('a newer candidate', () => {
  const older = { pipelineId: 1, sequence: 1 };
  const newer = { pipelineId: 2, sequence: 2 };

  it('takes the place of an older one that still waits', async () => {
    const world = approvalWorld();
    const first = await world.register(older);
    const second = await world.register(newer);
    await ask(world, first, 'token-of-the-older');
    await ask(world, second, 'token-of-the-newer');
    expect(await reviewOf(world, first)).toMatchObject({ status: 'superseded', supersededBy: second.runId });
    expect(await reviewOf(world, second)).toMatchObject({ status: 'pending' });
    expect([...world.rendezvous.tokens.answers]).toEqual([
      ['token-of-the-older', { output: { outcome: 'superseded', reasons: [expect.stringContaining(second.runId)] } }],
    ]);
  });

  it('that waits already supersedes an older one that comes later, which nobody is told of', async () => {
    const world = approvalWorld();
    const first = await world.register(older);
    const second = await world.register(newer);
    await ask(world, second, 'token-of-the-newer');
    await ask(world, first, 'token-of-the-older');
    expect(await reviewOf(world, first)).toMatchObject({ status: 'superseded' });
    expect(world.rendezvous.tokens.answers.get('token-of-the-older')).toMatchObject({
      output: { outcome: 'superseded' },
    });
    expect(world.notices.sent).toHaveLength(1);
  });

  it.each(['rolling-out', 'live'] as const)('that is %s supersedes an older one', async (status) => {
    const world = approvalWorld();
    await world.register({ ...newer, status });
    const first = await world.register(older);
    await ask(world, first);
    expect(await reviewOf(world, first)).toMatchObject({ status: 'superseded' });
  });

  it('leaves a decision alone that was faster', async () => {
    const world = approvalWorld();
    const first = await world.register(older);
    await ask(world, first, 'token-of-the-older');
    const review = await reviewOf(world, first);
    await world.reviews.decide(review.reviewId, {
      decisionId: 'd1',
      outcome: 'approved',
      by: people.steward,
      at: world.now(),
      reason: 'Good.',
      packetSha256: review.packet.sha256,
    });
    await ask(world, await world.register(newer));
    expect(await reviewOf(world, first)).toMatchObject({ status: 'approved' });
  });
});

describe('the packet', () => {
  it('counts every commit and its author when nothing is live yet', async () => {
    const world = approvalWorld({ commits: [commit('1'.repeat(40), 'sam@example.com', 'Begin'), commit(COMMIT)] });
    const run = await world.register();
    await ask(world, run);
    const packet = await packetOf(world, run);
    expect(packet.live).toBeUndefined();
    expect(packet.changes.commits.map(({ title }) => title)).toEqual(['Begin', 'Use the hour of departure']);
    expect(packet.involved.map(({ role, user }) => [role, user?.id])).toEqual([
      ['pipeline-user', 2],
      ['commit-author', 3],
      ['commit-author', 2],
    ]);
  });

  it('shows what changed since the live version, the policy first', async () => {
    const world = approvalWorld({
      commits: [commit(LIVE_COMMIT, 'sam@example.com', 'The live one'), commit('2'.repeat(40)), commit(COMMIT)],
      mergeRequests: {
        [COMMIT]: [
          {
            iid: 4,
            webUrl: 'https://gitlab.example.com/4',
            author: people.dataScientist,
            mergedBy: people.otherSteward,
          },
        ],
      },
    });
    const weaker = { ...policy, evaluation: { ...policy.evaluation, gates: [{ metric: 'auc', min: 0.8 }] } };
    const before = await world.documents.write('documents/live/policy.json', canonicalJson(weaker), 'application/json');
    const live = await world.register({
      pipelineId: 1,
      sequence: 1,
      commit: LIVE_COMMIT,
      status: 'live',
      policy: before,
    });
    putLive(world, live);
    const run = await world.register({ pipelineId: 2, sequence: 2 });
    await ask(world, run);
    const packet = await packetOf(world, run);
    expect(packet.live).toMatchObject({ version: 1, environment: 'prod', commit: LIVE_COMMIT });
    expect(packet.changes).toMatchObject({
      policy: [{ what: 'gate auc (floor)', before: '≥ 0.8', after: '≥ 0.7', direction: 'weaker' }],
      commitCount: 2,
      diffUrl: expect.stringContaining(LIVE_COMMIT),
      dataChanged: false,
    });
    expect(packet.involved.map(({ role, user }) => [role, user?.username])).toEqual([
      ['pipeline-user', 'data-scientist'],
      ['merge-request-author', 'data-scientist'],
      ['merger', 'steward-2'],
      ['commit-author', 'data-scientist'],
    ]);
  });

  it('keeps an author whom GitLab does not know as unresolved', async () => {
    const world = approvalWorld({ commits: [commit(COMMIT, 'nobody@example.com')] });
    const run = await world.register();
    await ask(world, run);
    const author = (await packetOf(world, run)).involved.find(({ role }) => role === 'commit-author');
    expect(author).toEqual({ role: 'commit-author', evidence: expect.stringContaining('nobody@example.com') });
  });

  it("counts the run's own author also when its commit is the live one, or older", async () => {
    const world = approvalWorld({ commits: [commit(COMMIT), commit(LIVE_COMMIT, 'sam@example.com')] });
    putLive(world, await world.register({ pipelineId: 1, sequence: 1, commit: LIVE_COMMIT, status: 'live' }));
    const rerun = await world.register({ pipelineId: 2, sequence: 2 });
    await ask(world, rerun);
    const packet = await packetOf(world, rerun);
    expect(packet.changes.commitCount).toBe(0);
    expect(packet.involved.map(({ user }) => user?.id)).toEqual([2, 2]);
  });

  it('holds metrics and slices with their row counts', async () => {
    const world = approvalWorld();
    const run = await world.register();
    await ask(world, run);
    const packet = await packetOf(world, run);
    expect(packet.metrics).toEqual([{ path: 'auc', value: 0.731 }]);
    expect(packet.slices).toEqual([
      { dimension: 'origin', name: 'EWR', rows: 600, metrics: [{ path: 'auc', value: 0.74 }] },
      { dimension: 'origin', name: 'JFK', rows: 590, metrics: [{ path: 'auc', value: 0.71 }] },
    ]);
  });
});
