import { describe, expect, it } from '@jest/globals';
import { operateEndpoint } from '../../../functions/deployment/operate-endpoint.ts';
import { cookieSessions } from '../../../shared/adapters/sign-in/cookie-sessions.ts';
import type { GitlabUser } from '../../../shared/domain/run.ts';
import { fakeIdentities } from '../../fakes/gitlab.ts';
import { NOON } from '../../fakes/sample-records.ts';
import { fakeSecrets } from '../../fakes/secrets.ts';
import { people, rollbackWorld } from './rollback-world.ts';

const PUBLIC_URL = 'https://mlops.example.com';
const PATH = '/models/flight-delays/environments/dev';
const TOKENS = {
  'token-of-on-call': people.onCall,
  'token-of-dev': people.developer,
  'token-of-outsider': people.outsider,
};

async function world() {
  const w = await rollbackWorld();
  const sessions = cookieSessions({
    secrets: fakeSecrets(),
    stage: 'test',
    publicUrl: PUBLIC_URL,
    now: () => NOON,
    newId: () => 'a'.repeat(32),
  });
  const deps = { ...w.deps, sessions, identities: fakeIdentities(TOKENS), stage: 'test', publicUrl: PUBLIC_URL };
  const app = operateEndpoint(() => deps);

  const byToken = async (token: string, body: unknown, path = `${PATH}/rollback`) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await app.request(path, { method: 'POST', headers, body: text });
    return { status: response.status, answer: (await response.json()) as { outcome: string; sentence: string } };
  };
  const byForm = async (
    user: GitlabUser,
    fields: Record<string, string> = {},
    changes: Record<string, string> = {},
  ) => {
    const { session, setCookie } = await sessions.start(user);
    const csrf = await sessions.csrfToken(session);
    const body = new URLSearchParams({ csrf, reason: 'Too slow.', ...fields });
    const headers = { cookie: setCookie.split(';')[0] ?? '', origin: PUBLIC_URL, ...changes };
    return app.request(`${PATH}/rollback`, { method: 'POST', headers, body });
  };
  return { ...w, deps, app, byToken, byForm };
}

describe('a request with a GitLab token', () => {
  it('rolls back in the name of whom the token belongs to, and answers with the rollback', async () => {
    const w = await world();
    const { status, answer } = await w.byToken('token-of-on-call', { reason: 'Too\n slow.' });
    expect([status, answer]).toEqual([
      202,
      {
        outcome: 'accepted',
        sentence: 'flight-delays in dev goes back from version 2 to version 1.',
        rollbackId: expect.stringMatching(/^rollback-[0-9a-f]{20}$/),
      },
    ]);
    expect((await w.deployment())?.hold).toMatchObject({ by: people.onCall, reason: 'Too slow.' });
    expect(await w.byToken('token-of-on-call', { reason: 'Again.' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['a token that GitLab does not know', 'nobody', { reason: 'x' }, 401],
    ['no reason', 'token-of-on-call', { reason: '  ' }, 400],
    ['a reason that is too long', 'token-of-on-call', { reason: 'x'.repeat(1001) }, 400],
    ['a body that is no JSON', 'token-of-on-call', '{"reason":', 400],
    ['somebody who may only read', 'token-of-dev', { reason: 'x' }, 403],
    ['somebody who may not even read', 'token-of-outsider', { reason: 'x' }, 404],
  ])('is refused with %s, in a sentence', async (_what, token, body, status) => {
    const w = await world();
    const refused = await w.byToken(token, body);
    expect(refused.status).toBe(status);
    expect(refused.answer).toMatchObject({ outcome: 'refused', sentence: expect.stringMatching(/\.$/) });
    expect((await w.deployment())?.hold).toBeUndefined();
  });

  it('says the same of a model that is not there and of one that may not be seen', async () => {
    const w = await world();
    const hidden = await w.byToken('token-of-outsider', { reason: 'x' });
    const none = await w.byToken('token-of-on-call', { reason: 'x' }, '/models/none/environments/dev/rollback');
    expect(none).toEqual(hidden);
  });

  it('releases, and says 409 while the rollback is under way', async () => {
    const w = await world();
    const release = () => w.byToken('token-of-on-call', { reason: 'Mended.' }, `${PATH}/release`);
    expect(await release()).toMatchObject({ status: 200, answer: { outcome: 'already' } });
    await w.byToken('token-of-on-call', { reason: 'Too slow.' });
    expect(await release()).toMatchObject({ status: 409 });
  });

  it('is never taken for a form: a cookie beside it counts for nothing', async () => {
    const w = await world();
    const { setCookie } = await w.deps.sessions.start(people.maintainer);
    const headers = { authorization: 'Basic abc', cookie: setCookie.split(';')[0] ?? '', origin: PUBLIC_URL };
    const response = await w.app.request(`${PATH}/rollback`, { method: 'POST', headers, body: '{"reason":"x"}' });
    expect(response.status).toBe(401);
  });

  it('is answered without detail when something breaks', async () => {
    const w = await world();
    w.deps.memberships.inProject = () => Promise.reject(new Error('secret detail'));
    const { status, answer } = await w.byToken('token-of-on-call', { reason: 'x' });
    expect(status).toBe(500);
    expect(JSON.stringify(answer)).not.toContain('secret detail');
  });
});

describe("the endpoint page's form", () => {
  it('rolls back and comes back to the page', async () => {
    const w = await world();
    const response = await w.byForm(people.maintainer);
    expect([response.status, response.headers.get('location')]).toEqual([303, PATH]);
    expect((await w.deployment())?.hold).toMatchObject({ by: people.maintainer });
  });

  it.each([
    ['from another site', {}, { origin: 'https://evil.example.com' }, 403],
    ['of another sign-in', { csrf: 'guess' }, {}, 403],
    ['without a reason', { reason: ' ' }, {}, 400],
    ['signed out', {}, { cookie: '' }, 401],
  ])('is refused %s', async (_what, fields, changes, status) => {
    const w = await world();
    expect((await w.byForm(people.maintainer, fields, changes)).status).toBe(status);
    expect((await w.deployment())?.hold).toBeUndefined();
  });

  it('is refused to those who may only read, and unknown to outsiders', async () => {
    const w = await world();
    const refused = await w.byForm(people.developer);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('Only Maintainers of ml/flight-delays and members of ml-on-call');
    expect((await w.byForm(people.outsider)).status).toBe(404);
  });
});
