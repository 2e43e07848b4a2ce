import { renderReviewPage } from '../../../web/render-page.tsx';
import { stylesheet } from '../../../web/stylesheet.ts';
import { frame, gate, HOSTILE, manyGates, packet, review, reviewView, timeline } from './sample-views.ts';

const render = (changes: Parameters<typeof reviewView>[0] = {}) => renderReviewPage(frame, reviewView(changes));
const textOf = (page: string) =>
  page
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&gt;', '>')
    .replaceAll(/\s+/g, ' ');

describe('the review page', () => {
  it('begins with one sentence that says how it stands', async () => {
    expect(textOf(await render())).toContain(
      'flight-delays v7 passed 6 of 6 gates and waits for a steward until Thu 26 Nov 2026 12:00 UTC',
    );
  });

  it('preselects nothing, asks for a reason, and carries the digest and the CSRF token', async () => {
    const page = await render();
    expect(page).not.toMatch(/ checked| selected/);
    expect(page).toContain('<textarea id="reason" name="reason" required');
    expect(page).toContain(`name="packetSha256" value="${review.packet.sha256}"`);
    expect(page).toContain('name="csrf" value="csrf-of-the-tests"');
    expect(page.indexOf('value="approved"')).toBeLessThan(page.indexOf('value="rejected"'));
  });

  it('shows each value beside what it needs and what the live version has, to three digits', async () => {
    const text = textOf(await render());
    expect(text).toContain('binary_ classification_ metrics. auc. value 0.731 ≥ 0.70 0.725 ✓ passed');
    expect(text).toContain('platform floor');
    expect(text).toContain('0.711 (+0.0039)');
  });

  it('says why this person may not decide, and offers no form', async () => {
    const page = await render({
      eligibility: { may: false, why: 'You merged the merge request, so somebody else must decide.' },
    });
    expect(page).toContain('You merged the merge request, so somebody else must decide.');
    expect(page).not.toContain('/decision"');
  });

  it.each([
    ['approved', 'was approved by Sam Steward'],
    ['rejected', 'was rejected by Sam Steward'],
  ] as const)('of a review that was %s says who, when and why, and offers no form', async (outcome, words) => {
    const decision = {
      decisionId: 'd',
      outcome,
      by: frame.viewer.user,
      at: '2026-11-23T13:00:00.000Z',
      reason: 'Because of JFK.',
      packetSha256: review.packet.sha256,
    };
    const page = await render({
      review: { ...review, status: outcome, decision },
      eligibility: { may: false, why: '' },
    });
    expect(textOf(page)).toContain(words);
    expect(page).toContain('Because of JFK.');
    expect(page).not.toContain('/decision"');
  });

  it.each([
    ['expired', 'nobody decided by'],
    ['superseded', 'a newer candidate took its place'],
  ] as const)('of a review that is %s says so', async (status, words) => {
    const page = await render({ review: { ...review, status }, eligibility: { may: false, why: '' } });
    expect(textOf(page)).toContain(words);
    expect(page).not.toContain('/decision"');
  });

  it('shows what anybody else wrote as text', async () => {
    const page = await render({
      packet: {
        ...packet,
        verdict: {
          ...packet.verdict,
          problems: [HOSTILE],
          results: [gate({ metric: HOSTILE, sentence: HOSTILE, result: 'rejected' })],
        },
        slices: [{ dimension: HOSTILE, name: HOSTILE, rows: 1, metrics: [{ path: HOSTILE, value: 1 }] }],
        metrics: [{ path: HOSTILE, value: 1, champion: 2 }],
        changes: {
          ...packet.changes,
          policy: [{ what: HOSTILE, before: HOSTILE, after: HOSTILE, direction: 'other' }],
          commits: [
            {
              sha: 'a'.repeat(40),
              title: HOSTILE,
              authorName: HOSTILE,
              authorEmail: HOSTILE,
              url: 'javascript:alert(1)',
            },
          ],
          changedPaths: [HOSTILE],
          diffUrl: 'javascript:alert(2)',
        },
        lineage: {
          ...packet.lineage,
          commitTitle: HOSTILE,
          commitAuthor: HOSTILE,
          pipelineUrl: 'javascript:alert(3)//-/',
        },
        involved: [{ role: 'commit-author', evidence: HOSTILE }],
      },
      timeline: timeline.map((event) => ({ ...event, summary: HOSTILE })),
      refused: {
        sentences: [HOSTILE],
        errors: [],
        typed: { outcome: HOSTILE, reason: HOSTILE, code: HOSTILE, packetSha256: HOSTILE },
      },
    });
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/(href|action)="javascript:/i);
    expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(12);
  });

  it('has no script, no inline style, and asks nobody else for anything', async () => {
    const page = await render();
    expect(page).not.toMatch(/<script|\sstyle=|\son\w+=|<img|<iframe|url\(|@import/i);
    expect(stylesheet).not.toMatch(/url\(|@import/);
  });

  it('weighs at most 60 kB with 60 gates, stylesheet included', async () => {
    const page = await render({ packet: { ...packet, verdict: { ...packet.verdict, results: manyGates(60) } } });
    expect(Buffer.byteLength(page) + Buffer.byteLength(stylesheet)).toBeLessThanOrEqual(60_000);
    expect(page.match(/<tr role="row" class="is-(bad|warn)">/g)).toHaveLength(2);
  });

  it('says so when there are no gates, slices, metrics or commits', async () => {
    const { live: _live, ...first } = packet;
    const page = await render({
      packet: {
        ...first,
        verdict: { ...packet.verdict, results: [] },
        slices: [],
        metrics: [],
        changes: { policy: [], commits: [], commitCount: 0, changedPaths: [] },
      },
      timeline: [],
    });
    const text = textOf(page);
    for (const words of [
      'No gate could be judged',
      'no slices',
      'no other numbers',
      'Nothing is live yet',
      'Nothing has happened yet',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('keeps a right-to-left title from turning its surroundings', async () => {
    expect(await render()).toContain('<bdi>إضافة ساعة المغادرة إلى الميزات</bdi>');
  });

  it('puts the errors on top, beside their fields, and keeps what was typed', async () => {
    const typed = { outcome: 'rejected', reason: 'Half a reason', code: '', packetSha256: '' };
    const page = await render({
      refused: { sentences: [], errors: [{ field: 'code', sentence: 'Choose what it is about.' }], typed },
    });
    expect(page).toContain('<a href="#code">Choose what it is about.</a>');
    expect(page).toMatch(/<select id="code" name="code" aria-describedby="code-error" aria-invalid="true">/);
    expect(page).toContain('Half a reason</textarea>');
    expect(page.indexOf('role="alert"')).toBeLessThan(page.indexOf('<h1'));
  });
});
