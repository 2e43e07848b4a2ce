import { decideReview } from '../../../functions/approval/decide-review.ts';
import { step } from '../../../functions/approval/request-approval.ts';
import type { Review } from '../../../shared/domain/review.ts';
import { COMMIT } from '../../fakes/sample-records.ts';
import { type ApprovalWorld, approvalWorld, commit, PUBLIC_URL, people } from './approval-world.ts';

type Person = (typeof people)[keyof typeof people];
type Fields = Partial<Record<'csrf' | 'outcome' | 'reason' | 'code' | 'packetSha256', string>>;

const GOOD: Fields = { outcome: 'approved', reason: 'Better on every origin.' };

async function pendingReview(world = approvalWorld()): Promise<{ world: ApprovalWorld; review: Review }> {
  const run = await world.register();
  await step.run({ runId: run.runId, attempt: 1, taskToken: 'token-1' }, world);
  const { reviewId } = await world.runs.get(run.runId);
  const review = await world.reviews.find(reviewId ?? '');
  if (review === undefined) throw new Error('no review');
  return { world, review };
}

/** Posts the form as the page of this person would; `headers` and `fields` falsify parts of it. */
async function post(
  world: ApprovalWorld,
  review: Review,
  person: Person,
  fields: Fields = GOOD,
  headers: Record<string, string | undefined> = {},
) {
  const { session, setCookie } = await world.sessions.start({
    id: person.id,
    username: person.username,
    name: person.name,
  });
  const form = { csrf: await world.sessions.csrfToken(session), packetSha256: review.packet.sha256, ...fields };
  const sent: Record<string, string | undefined> = {
    cookie: setCookie.split(';')[0],
    origin: PUBLIC_URL,
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  };
  const present = Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const app = decideReview(() => world);
  return app.request(`/reviews/${review.reviewId}/decision`, {
    method: 'POST',
    headers: Object.fromEntries(present),
    body: new URLSearchParams(form).toString(),
  });
}

const statusOf = async (world: ApprovalWorld, { reviewId }: Review) => (await world.reviews.find(reviewId))?.status;

describe('a decision', () => {
  it('approves, wakes the run, is recorded, and shows the review', async () => {
    const { world, review } = await pendingReview();
    const response = await post(world, review, people.steward);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(`/reviews/${review.reviewId}`);
    expect(await world.reviews.find(review.reviewId)).toMatchObject({
      status: 'approved',
      decision: {
        by: { id: 3, username: 'steward-1' },
        reason: 'Better on every origin.',
        packetSha256: review.packet.sha256,
      },
    });
    expect((await world.runs.get(review.runId)).approval).toMatchObject({
      decidedBy: { id: 3 },
      artifactSha256: 'b'.repeat(64),
    });
    expect(world.rendezvous.tokens.answers.get('token-1')).toEqual({ output: { outcome: 'approved', reasons: [] } });
    expect(world.timeline.events.at(-1)).toMatchObject({
      key: 'approval-decided',
      actor: 'Sam Steward (@steward-1)',
      detail: { outcome: 'approved' },
    });
  });

  it('rejects with a code and a reason', async () => {
    const { world, review } = await pendingReview();
    const response = await post(world, review, people.steward, {
      outcome: 'rejected',
      reason: 'JFK is served worse.',
      code: 'fairness',
    });
    expect(response.status).toBe(303);
    expect(world.rendezvous.tokens.answers.get('token-1')).toEqual({
      output: {
        outcome: 'rejected',
        reasons: ['Sam Steward (@steward-1) rejected version 1 (fairness).', 'JFK is served worse.'],
      },
    });
    expect((await world.runs.get(review.runId)).approval).toBeUndefined();
  });

  it('is one, however many posts race for it', async () => {
    const { world, review } = await pendingReview();
    const posts = Array.from({ length: 50 }, (_, index) =>
      post(
        world,
        review,
        index % 2 === 0 ? people.steward : people.otherSteward,
        index % 3 === 0 ? { outcome: 'rejected', reason: 'No.', code: 'risk' } : GOOD,
      ),
    );
    const statuses = (await Promise.all(posts)).map(({ status }) => status).toSorted();
    expect(statuses).toEqual([303, ...Array.from({ length: 49 }, () => 409)]);
    expect(world.timeline.events.filter(({ type }) => type === 'approval-decided')).toHaveLength(1);
    expect(world.rendezvous.tokens.answers.size).toBe(1);
  });

  it('stands even when the run can not be woken at once', async () => {
    const { world, review } = await pendingReview();
    const broken = {
      ...world,
      rendezvous: { ...world.rendezvous, signal: async () => Promise.reject(new Error('away')) },
    };
    const response = await post(broken, review, people.steward);
    expect(response.status).toBe(303);
    expect(await statusOf(world, review)).toBe('approved');
  });

  it('carries the headers that keep pages from being framed, cached or scripted', async () => {
    const { world, review } = await pendingReview();
    const { headers } = await post(world, review, people.steward, {});
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('a decision is refused', () => {
  const cases: [string, number, (world: ApprovalWorld, review: Review) => Promise<Response>, string][] = [
    [
      'without a session',
      401,
      (world, review) => post(world, review, people.steward, GOOD, { cookie: undefined }),
      'You are signed out',
    ],
    [
      'with a forged session',
      401,
      (world, review) => post(world, review, people.steward, GOOD, { cookie: 'mlops-test-session=e30.AAAA' }),
      'You are signed out',
    ],
    [
      'from another site',
      403,
      (world, review) => post(world, review, people.steward, GOOD, { origin: 'https://evil.example.com' }),
      'another site',
    ],
    [
      'without an Origin',
      403,
      (world, review) => post(world, review, people.steward, GOOD, { origin: undefined }),
      'another site',
    ],
    [
      'without a CSRF token',
      403,
      (world, review) => post(world, review, people.steward, { ...GOOD, csrf: '' }),
      'another sign-in',
    ],
    [
      'as JSON',
      403,
      (world, review) => post(world, review, people.steward, GOOD, { 'content-type': 'text/plain' }),
      'another sign-in',
    ],
    [
      'by somebody who may not know of the model',
      404,
      (world, review) => post(world, review, people.outsider),
      'nothing here for you',
    ],
    [
      'by a member of the project who is no steward',
      403,
      (world, review) => post(world, review, people.dataScientist),
      'Only members of the group ml-stewards',
    ],
    [
      'without a choice',
      422,
      (world, review) => post(world, review, people.steward, { reason: 'x' }),
      'Choose to approve or to reject',
    ],
    [
      'without a reason',
      422,
      (world, review) => post(world, review, people.steward, { outcome: 'approved', reason: '  \n' }),
      'Write a reason',
    ],
    [
      'with too long a reason',
      422,
      (world, review) => post(world, review, people.steward, { outcome: 'approved', reason: 'x'.repeat(2001) }),
      'it has 2001',
    ],
    [
      'with a rejection without a code',
      422,
      (world, review) => post(world, review, people.steward, { outcome: 'rejected', reason: 'x' }),
      'what the rejection is about',
    ],
    [
      'with an unknown code',
      422,
      (world, review) => post(world, review, people.steward, { outcome: 'rejected', reason: 'x', code: 'mood' }),
      'what the rejection is about',
    ],
    [
      'about another packet than was shown',
      409,
      (world, review) => post(world, review, people.steward, { ...GOOD, packetSha256: '0'.repeat(64) }),
      'not what is asked about',
    ],
  ];

  it.each(cases)('%s (%i)', async (_name, status, send, sentence) => {
    const { world, review } = await pendingReview();
    const response = await send(world, review);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(sentence);
    expect(await statusOf(world, review)).toBe('pending');
    expect(world.rendezvous.tokens.answers.size).toBe(0);
  });

  it('by a steward who was removed from the group a moment ago', async () => {
    const { world, review } = await pendingReview();
    world.memberships.projects[17] = { 3: 30 };
    world.memberships.groups['ml-stewards'] = {};
    const response = await post(world, review, people.steward);
    expect(response.status).toBe(403);
    expect(await statusOf(world, review)).toBe('pending');
  });

  it('by a steward who wrote one of the commits', async () => {
    const { world, review } = await pendingReview(approvalWorld({ commits: [commit(COMMIT, 'SAM@example.com')] }));
    const response = await post(world, review, people.steward);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('somebody else must decide');
    expect((await post(world, review, people.otherSteward)).status).toBe(303);
  });

  it('by everybody while the author of a commit is unknown to GitLab', async () => {
    const { world, review } = await pendingReview(approvalWorld({ commits: [commit(COMMIT, 'nobody@example.com')] }));
    const response = await post(world, review, people.steward);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('nobody can decide');
  });

  it('after the time is over, also when nobody has closed the review yet', async () => {
    const { world, review } = await pendingReview();
    world.clock.now = Date.parse(review.expiresAt);
    const { setCookie } = await world.sessions.start(people.steward);
    expect(setCookie).toBeDefined();
    const response = await post(world, review, people.steward);
    expect(response.status).toBe(409);
    expect(await response.text()).toContain('Its time is over');
    expect(await statusOf(world, review)).toBe('pending');
  });

  it('after somebody else decided, and says who, when and why, and keeps what was typed', async () => {
    const { world, review } = await pendingReview();
    await post(world, review, people.otherSteward, {
      outcome: 'rejected',
      reason: 'Too weak at JFK.',
      code: 'metrics',
    });
    const response = await post(world, review, people.steward, { outcome: 'approved', reason: 'My own view.' });
    const page = await response.text();
    expect(response.status).toBe(409);
    expect(page).toContain('Toni Steward');
    expect(page).toContain('Too weak at JFK.');
    expect(page).toContain('My own view.');
  });

  it('for a review that does not exist', async () => {
    const { world, review } = await pendingReview();
    const response = await post(world, { ...review, reviewId: 'f'.repeat(32) }, people.steward);
    expect(response.status).toBe(404);
  });

  it('when the stored packet was tampered with', async () => {
    const { world, review } = await pendingReview();
    world.documents.tamper(review.packet, '{}');
    const response = await post(world, review, people.steward);
    expect(response.status).toBe(500);
    expect(await statusOf(world, review)).toBe('pending');
  });

  it('when the body is larger than any form', async () => {
    const { world, review } = await pendingReview();
    const response = await post(world, review, people.steward, { ...GOOD, reason: 'x'.repeat(70_000) });
    expect(response.status).toBe(413);
  });

  it('with the typed words kept in the form, as text', async () => {
    const { world, review } = await pendingReview();
    const page = await (
      await post(world, review, people.steward, { outcome: 'rejected', reason: '<script>alert(1)</script>' })
    ).text();
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;</textarea>');
    expect(page).not.toContain('<script');
    expect(page).toMatch(/value="rejected"[^>]*checked/);
  });
});
