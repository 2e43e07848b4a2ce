import * as fc from 'fast-check';
import { cookieSessions } from '../../../shared/adapters/sign-in/cookie-sessions.ts';
import { openSignedText, signText } from '../../../shared/adapters/sign-in/signed-text.ts';
import { fakeSecrets } from '../../fakes/secrets.ts';
import '../../harness/repeatable-properties.ts';

const USER = { id: 3, username: 'steward-1', name: 'Sam Steward' };
const START = Date.parse('2026-11-23T12:00:00.000Z');

function sessionsAt(
  clock: { now: number },
  options: { publicUrl?: string; session?: { current: string; previous: string | null } } = {},
) {
  let count = 0;
  return cookieSessions({
    stage: 'test',
    publicUrl: options.publicUrl ?? 'http://127.0.0.1:8080',
    secrets: fakeSecrets(options.session ? { session: options.session } : {}),
    now: () => new Date(clock.now).toISOString(),
    newId: () => `${count++}`.padStart(32, '0'),
  });
}

const headerOf = (setCookie: string) => setCookie.split(';')[0];

describe('the session cookie', () => {
  it('brings back who signed in', async () => {
    const sessions = sessionsAt({ now: START });
    const { setCookie } = await sessions.start(USER);
    expect((await sessions.find(`other=1; ${headerOf(setCookie)}`))?.user).toEqual(USER);
  });

  it('is HttpOnly and SameSite=Lax, and over https Secure with the prefix __Host-', async () => {
    const plain = await sessionsAt({ now: START }).start(USER);
    expect(plain.setCookie).toMatch(/^mlops-test-session=[\w.-]+; Path=\/; Max-Age=28800; HttpOnly; SameSite=Lax$/);
    const safe = await sessionsAt({ now: START }, { publicUrl: 'https://mlops.example.com' }).start(USER);
    expect(safe.setCookie).toMatch(/^__Host-mlops-test-session=.*; HttpOnly; SameSite=Lax; Secure$/);
  });

  it('is over after eight hours', async () => {
    const clock = { now: START };
    const sessions = sessionsAt(clock);
    const cookie = headerOf((await sessions.start(USER)).setCookie);
    clock.now += 8 * 3600 * 1000 - 1000;
    expect(await sessions.find(cookie)).toBeDefined();
    clock.now += 1000;
    expect(await sessions.find(cookie)).toBeUndefined();
  });

  it('is refused when any of its characters was changed', async () => {
    const sessions = sessionsAt({ now: START });
    const cookie = headerOf((await sessions.start(USER)).setCookie) ?? '';
    const start = cookie.indexOf('=') + 1;
    // The last character of a part may hold unused bits, which decode to the same bytes.
    const places = fc
      .integer({ min: start, max: cookie.length - 1 })
      .filter((at) => cookie[at + 1] !== '.' && at !== cookie.length - 1);
    await fc.assert(
      fc.asyncProperty(places, async (at) => {
        const changed = `${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`;
        expect(await sessions.find(changed)).toBeUndefined();
      }),
    );
  });

  it('outlives one rotation of the key, and not two', async () => {
    const old = sessionsAt({ now: START }, { session: { current: 'key-1', previous: null } });
    const cookie = headerOf((await old.start(USER)).setCookie);
    const once = sessionsAt({ now: START }, { session: { current: 'key-2', previous: 'key-1' } });
    const twice = sessionsAt({ now: START }, { session: { current: 'key-3', previous: 'key-2' } });
    expect(await once.find(cookie)).toBeDefined();
    expect(await twice.find(cookie)).toBeUndefined();
  });

  it.each([
    '',
    'mlops-test-session=',
    'mlops-test-session=a.b.c',
    'mlops-test-session=....',
    'mlops-prod-session=x.y',
  ])('is nobody when the header is %j', async (header) => {
    expect(await sessionsAt({ now: START }).find(header)).toBeUndefined();
  });

  it('is not a text that was signed for another purpose', () => {
    const keys = { current: 'key-1', previous: null };
    expect(openSignedText('session', signText('sign-in', '{}', keys), keys)).toBeUndefined();
  });
});

describe('the CSRF token', () => {
  it('belongs to its session alone', async () => {
    const sessions = sessionsAt({ now: START });
    const mine = (await sessions.start(USER)).session;
    const other = (await sessions.start(USER)).session;
    const token = await sessions.csrfToken(mine);
    expect(await sessions.ownsCsrfToken(mine, token)).toBe(true);
    expect(await sessions.ownsCsrfToken(other, token)).toBe(false);
    expect(await sessions.ownsCsrfToken(mine, '')).toBe(false);
    expect(await sessions.ownsCsrfToken(mine, undefined)).toBe(false);
  });
});
