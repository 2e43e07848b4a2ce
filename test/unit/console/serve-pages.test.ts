import { step } from '../../../functions/approval/request-approval.ts';
import { servePages } from '../../../functions/console/serve-pages.ts';
import { ServiceUnavailable } from '../../../shared/domain/faults.ts';
import { windowReportPath } from '../../../shared/domain/monitoring-history.ts';
import type { SignIn } from '../../../shared/ports/sessions.ts';
import { fakeCases } from '../../fakes/cases.ts';
import { fakeIdentities } from '../../fakes/gitlab.ts';
import { fakeLatencyReadings } from '../../fakes/latency-readings.ts';
import { fakeMonitorWindows } from '../../fakes/monitor-windows.ts';
import { judgedWindow } from '../../fakes/sample-cases.ts';
import { sampleRun } from '../../fakes/sample-records.ts';
import { type ApprovalWorld, approvalWorld, PUBLIC_URL, people, putLive } from '../approval/approval-world.ts';

type Person = (typeof people)[keyof typeof people];

/** What no test here watches. */
const monitoring = {
  monitorWindows: fakeMonitorWindows(),
  latencyReadings: fakeLatencyReadings(),
  cases: fakeCases(),
};

const signIn: SignIn = {
  begin: async (returnTo) => ({
    redirectTo: `https://gitlab.example.com/oauth/authorize?r=${returnTo}`,
    setCookie: 'sign-in=1; HttpOnly',
  }),
  finish: async (query) =>
    query.includes('code=good')
      ? { outcome: 'signed-in', user: people.steward, returnTo: '/reviews/1', clearCookie: 'sign-in=; Max-Age=0' }
      : { outcome: 'refused', sentence: 'Sign in again.', clearCookie: 'sign-in=; Max-Age=0' },
};

async function world(): Promise<{ world: ApprovalWorld; paths: string[] }> {
  const made = approvalWorld();
  const run = await made.register();
  await step.run({ runId: run.runId, attempt: 1, taskToken: 'token-1' }, made);
  const { reviewId } = await made.runs.get(run.runId);
  return { world: made, paths: ['/', '/models/flight-delays', `/runs/${run.runId}`, `/reviews/${reviewId}`] };
}

async function get(
  made: ApprovalWorld,
  path: string,
  person?: Person,
  changes: Partial<ApprovalWorld> = {},
): Promise<Response> {
  const headers: Record<string, string> = {};
  if (person) headers.cookie = (await made.sessions.start(person)).setCookie.split(';')[0] ?? '';
  return servePages(() => ({ ...monitoring, ...made, signIn, ...changes })).request(path, { headers });
}

describe('reading', () => {
  it('asks somebody who is signed out to sign in, and says nothing of any model', async () => {
    const { world: made, paths } = await world();
    for (const path of [...paths, '/models/unknown', '/runs/unknown', '/reviews/unknown']) {
      const response = await get(made, path);
      const page = (await response.text()).replaceAll(encodeURIComponent(path), '');
      expect(response.status).toBe(401);
      expect(page).not.toContain('flight-delays');
      expect(page).toContain('Sign in with GitLab');
    }
  });

  it('tells an outsider the same of what exists and what does not', async () => {
    const { world: made, paths } = await world();
    const unknown = await (await get(made, '/models/unknown', people.outsider)).text();
    for (const path of paths.slice(1)) {
      const response = await get(made, path, people.outsider);
      expect(response.status).toBe(404);
      expect(await response.text()).toBe(unknown);
    }
    expect(await (await get(made, '/', people.outsider)).text()).not.toContain('flight-delays');
  });

  it.each(['dataScientist', 'steward'] as const)('is allowed to %s', async (name) => {
    const { world: made, paths } = await world();
    for (const path of paths) {
      const response = await get(made, path, people[name]);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('flight-delays');
    }
  });

  it('is allowed to on-call and auditors, and not to guests', async () => {
    const { world: made } = await world();
    made.memberships.groups['ml-on-call'] = { 5: 20 };
    expect((await get(made, '/models/flight-delays', people.outsider)).status).toBe(200);
    made.memberships.groups['ml-on-call'] = { 5: 10 };
    expect((await get(made, '/models/flight-delays', people.outsider)).status).toBe(404);
  });

  it('changes nothing, however often it is repeated', async () => {
    const { world: made, paths } = await world();
    const before = JSON.stringify([
      made.timeline.events,
      await made.reviews.pendingOfModel('flight-delays'),
      await made.runs.listActive(),
    ]);
    for (const path of [...paths, ...paths]) await get(made, path, people.steward);
    expect(
      JSON.stringify([
        made.timeline.events,
        await made.reviews.pendingOfModel('flight-delays'),
        await made.runs.listActive(),
      ]),
    ).toBe(before);
  });

  it("offers the form to a steward and not to the change's author", async () => {
    const { world: made, paths } = await world();
    const review = paths.at(-1) ?? '';
    expect(await (await get(made, review, people.steward)).text()).toContain('/decision"');
    made.memberships.groups['ml-stewards'] = { 2: 30 };
    const page = await (await get(made, review, people.dataScientist)).text();
    expect(page).not.toContain('/decision"');
    expect(page).toContain('somebody else must decide');
  });

  it('refreshes the page of a run that goes on, until that is stopped or it has ended', async () => {
    const { world: made } = await world();
    const active = made.runs.put(sampleRun({ pipelineId: 7, status: 'training' }));
    const ended = made.runs.put(sampleRun({ pipelineId: 8, status: 'live' }));
    expect((await get(made, `/runs/${active.runId}`, people.steward)).headers.get('refresh')).toBe('10');
    expect((await get(made, `/runs/${active.runId}?refresh=off`, people.steward)).headers.get('refresh')).toBeNull();
    expect((await get(made, `/runs/${ended.runId}`, people.steward)).headers.get('refresh')).toBeNull();
  });
});

describe("an endpoint's page", () => {
  const path = '/models/flight-delays/environments/prod';

  async function livePage() {
    const { world: made } = await world();
    const run = made.runs.put(sampleRun({ pipelineId: 7, sequence: 3, status: 'live' }));
    putLive(made, run);
    return made;
  }

  it('is asked for the same membership, and knows no environment that the platform does not', async () => {
    const made = await livePage();
    expect((await get(made, path)).status).toBe(401);
    expect((await get(made, path, people.outsider)).status).toBe(404);
    expect((await get(made, '/models/flight-delays/environments/moon', people.steward)).status).toBe(404);
    expect(await (await get(made, path, people.steward)).text()).toContain('flight-delays v3 is live in prod');
    const empty = await get(made, '/models/flight-delays/environments/qa', people.steward);
    expect(await empty.text()).toContain('nothing live in qa yet');
  });

  it('is JSON for a program with a GitLab token', async () => {
    const made = await livePage();
    const identities = fakeIdentities({ 'a-token': people.steward, 'no-member': people.outsider });
    const app = servePages(() => ({ ...monitoring, ...made, signIn, identities }));
    const ask = (token: string) => app.request(path, { headers: { authorization: `Bearer ${token}` } });
    const known = await ask('a-token');
    expect(await known.json()).toMatchObject({
      model: 'flight-delays',
      live: { version: 3 },
      hold: null,
      rollback: null,
    });
    expect([known.status, (await ask('no-member')).status, (await ask('nobody')).status]).toEqual([200, 404, 401]);
  });
});

describe('runbooks', () => {
  it('are read without signing in, with the way back on top where a live model is concerned', async () => {
    const { world: made } = await world();
    for (const name of ['drift', 'latency-page', 'latency-ticket', 'errors', 'no-data', 'monitor-silent']) {
      const response = await get(made, `/runbooks/${name}`);
      const text = await response.text();
      expect([name, response.status]).toEqual([name, 200]);
      expect(text.indexOf('npm run -s mlops -- rollback')).toBeGreaterThan(0);
      expect(text.indexOf('npm run -s mlops -- rollback')).toBeLessThan(text.indexOf('<strong>Alarm</strong>'));
    }
    expect((await get(made, '/runbooks/unconfirmed-topic')).status).toBe(200);
    expect((await get(made, '/runbooks/nothing')).status).toBe(404);
  });

  it('lead to each other, and to nothing that the pages lack', async () => {
    const { world: made } = await world();
    const text = await (await get(made, '/runbooks/latency-ticket')).text();
    expect(text).toContain('<a href="/runbooks/latency-page">');
    expect(text).not.toContain('.md"');
  });
});

describe('every answer', () => {
  it.each([
    '/',
    '/nowhere',
    '/healthz',
    '/auth/login',
  ])('of %s forbids scripts, frames, caching and guessing', async (path) => {
    const { world: made } = await world();
    const { headers } = await get(made, path);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });

  it('insists on https only where there is https', async () => {
    const { world: made } = await world();
    expect((await get(made, '/')).headers.get('strict-transport-security')).toBeNull();
    const safe = await get(made, '/', undefined, { publicUrl: 'https://mlops.example.com' });
    expect(safe.headers.get('strict-transport-security')).toContain('max-age=');
  });

  it('links a stylesheet that browsers may keep', async () => {
    const { world: made } = await world();
    const href = /<link rel="stylesheet" href="([^"]+)"/.exec(await (await get(made, '/')).text())?.[1] ?? '';
    const response = await get(made, href);
    expect(response.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('immutable');
  });

  it('says that a service is away without a detail of it', async () => {
    const { world: made } = await world();
    const away = { ...made.memberships, inGroup: async () => Promise.reject(new ServiceUnavailable('secret detail')) };
    const response = await get(made, '/', people.steward, { memberships: away });
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('secret detail');
  });

  it('is a page of ours when something breaks', async () => {
    const { world: made } = await world();
    const broken = { ...made.runs, listByModel: async () => Promise.reject(new Error('secret detail')) };
    const response = await get(made, '/', people.steward, { runs: broken });
    expect(response.status).toBe(500);
    expect(await response.text()).toContain('The page could not be made');
  });
});

describe('signing in and out', () => {
  it('goes to GitLab and comes back with a session', async () => {
    const { world: made } = await world();
    const login = await get(made, '/auth/login?returnTo=/runs/1');
    expect(login.headers.get('location')).toBe('https://gitlab.example.com/oauth/authorize?r=/runs/1');
    const callback = await get(made, '/auth/callback?code=good&state=x');
    expect(callback.status).toBe(303);
    expect(callback.headers.get('location')).toBe('/reviews/1');
    expect(callback.headers.getSetCookie()).toEqual([
      'sign-in=; Max-Age=0',
      expect.stringMatching(/^mlops-test-session=.*HttpOnly; SameSite=Lax$/),
    ]);
  });

  it('sets no session when GitLab refuses', async () => {
    const { world: made } = await world();
    const callback = await get(made, '/auth/callback?code=bad');
    expect(callback.status).toBe(403);
    expect(callback.headers.getSetCookie()).toEqual(['sign-in=; Max-Age=0']);
    expect(await callback.text()).toContain('Sign in again.');
  });

  it.each([
    ['ends the session from our own page', PUBLIC_URL, true, 303],
    ['is refused from another site', 'https://evil.example.com', true, 403],
    ['is refused without the token', PUBLIC_URL, false, 403],
  ])('signing out %s', async (_name, origin, hasToken, status) => {
    const { world: made } = await world();
    const { session, setCookie } = await made.sessions.start(people.steward);
    const csrf = hasToken ? await made.sessions.csrfToken(session) : '';
    const response = await servePages(() => ({ ...monitoring, ...made, signIn })).request('/auth/logout', {
      method: 'POST',
      headers: { origin, cookie: setCookie.split(';')[0] ?? '', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrf }).toString(),
    });
    expect(response.status).toBe(status);
    expect(response.headers.getSetCookie().some((cookie) => cookie.includes('Max-Age=0'))).toBe(status === 303);
  });
});

describe('the report of a window', () => {
  const window = { from: '2026-11-23T09:00:00.000Z', to: '2026-11-23T10:00:00.000Z' };
  const path = windowReportPath('flight-delays', 'prod', window);
  const html = '<!DOCTYPE html><html><head><style>p { color: red }</style></head><body><p>Drift</p></body></html>';

  async function reported() {
    const made = approvalWorld();
    const page = await made.documents.write('documents/run/windows/report.html', html, 'text/html');
    monitoring.monitorWindows.put(judgedWindow(-2, { window, page }));
    return made;
  }

  it('is for readers of the model alone', async () => {
    const made = await reported();
    expect((await get(made, path)).status).toBe(401);
    expect((await get(made, path, people.outsider)).status).toBe(404);
    const answer = await get(made, path, people.steward);
    expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 200, text: html });
  });

  it('is shown with its own stylesheet and nothing else', async () => {
    const answer = await get(await reported(), path, people.steward);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('is 404 where there is no window, or no time', async () => {
    const made = await reported();
    for (const [from, to] of [
      ['2026-11-22T09:00:00.000Z', '2026-11-22T10:00:00.000Z'],
      ['yesterday', 'today'],
    ] as const) {
      const other = windowReportPath('flight-delays', 'prod', { from, to });
      expect((await get(made, other, people.steward)).status).toBe(404);
    }
  });
});
