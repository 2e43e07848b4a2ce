import { openidSignIn } from '../../../shared/adapters/sign-in/openid.ts';
import { fakeSecrets } from '../../fakes/secrets.ts';
import { type OpenidServer, startOpenidServer } from './openid-server.ts';

const CLIENT = { id: 'mlops', secret: 'client-secret-of-the-tests' };
const PUBLIC_URL = 'http://127.0.0.1:8080';
const clock = { now: Date.now() };
let gitlab: OpenidServer;

beforeEach(async () => {
  gitlab = await startOpenidServer(CLIENT);
  clock.now = Date.now();
});
afterEach(() => gitlab.stop());

const signIn = (issuer = gitlab.issuer) =>
  openidSignIn({
    issuer,
    stage: 'test',
    publicUrl: PUBLIC_URL,
    secrets: fakeSecrets(),
    now: () => new Date(clock.now).toISOString(),
  });
const headerOf = (setCookie: string) => setCookie.split(';')[0];

describe('sign-in at GitLab', () => {
  it('asks with code, PKCE, state and nonce, and for no more than the name and the address', async () => {
    const { redirectTo, setCookie } = await signIn().begin('/reviews/1');
    const asked = new URL(redirectTo);
    expect(asked.origin).toBe(gitlab.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'mlops',
      redirect_uri: `${PUBLIC_URL}/auth/callback`,
      scope: 'openid profile email',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^.{20,}$/),
      nonce: expect.stringMatching(/^.{20,}$/),
    });
    expect(setCookie).toMatch(/^mlops-test-sign-in=.*; Max-Age=600; HttpOnly; SameSite=Lax$/);
    expect(setCookie).not.toContain(asked.searchParams.get('state'));
  });

  it('ends with the user that the subject names, back where the person came from', async () => {
    const begun = await signIn().begin('/reviews/1');
    const query = gitlab.signIn(begun.redirectTo).toString();
    expect(await signIn().finish(query, headerOf(begun.setCookie))).toEqual({
      outcome: 'signed-in',
      user: { id: 3, username: 'steward-1', name: 'Sam Steward' },
      returnTo: '/reviews/1',
      clearCookie: expect.stringContaining('Max-Age=0'),
    });
  });

  it('reads the names from userinfo where the token has none', async () => {
    gitlab.claims = { sub: '3' };
    gitlab.userinfo = { sub: '3', name: 'Sam Steward', nickname: 'steward-1' };
    const begun = await signIn().begin('/');
    const finished = await signIn().finish(gitlab.signIn(begun.redirectTo).toString(), headerOf(begun.setCookie));
    expect(finished).toMatchObject({
      outcome: 'signed-in',
      user: { id: 3, username: 'steward-1', name: 'Sam Steward' },
    });
  });

  it('never goes back to another host', async () => {
    const begun = await signIn().begin('//evil.example.com');
    const finished = await signIn().finish(gitlab.signIn(begun.redirectTo).toString(), headerOf(begun.setCookie));
    expect(finished).toMatchObject({ outcome: 'signed-in', returnTo: '/' });
  });

  it('refuses a code that was used already', async () => {
    const begun = await signIn().begin('/');
    const query = gitlab.signIn(begun.redirectTo).toString();
    await signIn().finish(query, headerOf(begun.setCookie));
    expect(await signIn().finish(query, headerOf(begun.setCookie))).toMatchObject({ outcome: 'refused' });
  });

  it('refuses another state, another nonce, and another browser', async () => {
    const begun = await signIn().begin('/');
    const other = await signIn().begin('/');
    const query = () => gitlab.signIn(begun.redirectTo);
    const stolen = query();
    stolen.set('state', 'of-somebody-else');
    expect(await signIn().finish(stolen.toString(), headerOf(begun.setCookie))).toMatchObject({ outcome: 'refused' });
    expect(await signIn().finish(query().toString(), headerOf(other.setCookie))).toMatchObject({ outcome: 'refused' });
    expect(await signIn().finish(query().toString(), undefined)).toMatchObject({ outcome: 'refused' });
    gitlab.claims.nonce = 'of-another-sign-in';
    expect(await signIn().finish(query().toString(), headerOf(begun.setCookie))).toMatchObject({ outcome: 'refused' });
  });

  it('refuses a sign-in that took more than ten minutes', async () => {
    const begun = await signIn().begin('/');
    clock.now += 601_000;
    const finished = await signIn().finish(gitlab.signIn(begun.redirectTo).toString(), headerOf(begun.setCookie));
    expect(finished).toMatchObject({ outcome: 'refused', sentence: expect.stringContaining('ten minutes') });
  });

  it('says that access was denied when the person did not allow it', async () => {
    const begun = await signIn().begin('/');
    const state = gitlab.signIn(begun.redirectTo).get('state');
    const finished = await signIn().finish(`error=access_denied&state=${state}`, headerOf(begun.setCookie));
    expect(finished).toMatchObject({ outcome: 'refused', sentence: expect.stringContaining('denied') });
  });

  it('breaks, and signs nobody in, when the subject is no user id', async () => {
    gitlab.claims = { sub: 'root"; drop', name: 'x' };
    const begun = await signIn().begin('/');
    const query = gitlab.signIn(begun.redirectTo).toString();
    await expect(signIn().finish(query, headerOf(begun.setCookie))).rejects.toMatchObject({ name: 'ContractBroken' });
  });

  it('says that GitLab is away, and recovers when it is back', async () => {
    await expect(signIn('http://127.0.0.1:9').begin('/')).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      transient: true,
    });
    await expect(signIn().begin('/')).resolves.toBeDefined();
  });

  it('never speaks plain http to a host that is not this machine', async () => {
    await expect(signIn('http://gitlab.example.com').begin('/')).rejects.toBeDefined();
  });
});
