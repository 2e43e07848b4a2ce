import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import * as z from 'zod';
import { type SeededGitlab, seedGitlab } from './seeded-gitlab.ts';

const CALLBACK = 'http://127.0.0.1:8080/auth/callback';
const CLIENT = {
  application_id: 'mlops',
  secret: 'a-secret-of-the-application',
  name: 'MLOps',
  redirect_uri: CALLBACK,
  scopes: 'openid profile email',
  confidential: true,
};

/** A browser as far as sign-in needs one: it follows redirects and keeps cookies by path. */
function openBrowser() {
  const jar = new Map<string, { value: string; path: string }>();
  const visit = async (url: string, init: RequestInit = {}) => {
    const { pathname } = new URL(url);
    const cookie = [...jar]
      .filter(([, held]) => pathname.startsWith(held.path))
      .map(([name, held]) => `${name}=${held.value}`)
      .join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...(cookie ? { cookie } : {}) } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/';
      if (!value || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, { value, path });
    }
    return response;
  };
  /** Follows redirects up to the application's callback, or up to a page. */
  const follow = async (from: string, init?: RequestInit): Promise<{ url: string; response: Response | undefined }> => {
    let url = from;
    let response = await visit(url, init);
    for (let hop = 0; hop < 10 && response.headers.get('location'); hop += 1) {
      url = new URL(response.headers.get('location') ?? '', url).href;
      if (url.startsWith(CALLBACK)) return { url, response: undefined };
      response = await visit(url);
    }
    return { url, response };
  };
  return { follow, visit };
}

describe('sign-in by OpenID Connect', () => {
  let gitlab: SeededGitlab;
  let client: oidc.Configuration;

  beforeAll(async () => {
    gitlab = await seedGitlab({ oauthClients: [CLIENT] });
    client = await oidc.discovery(new URL(gitlab.url), CLIENT.application_id, CLIENT.secret, undefined, {
      execute: [oidc.allowInsecureRequests],
    });
  });

  afterAll(() => gitlab.stop());

  const begin = async (extra: Record<string, string> = {}) => {
    const verifier = oidc.randomPKCECodeVerifier();
    const checks = { pkceCodeVerifier: verifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
    const url = oidc.buildAuthorizationUrl(client, {
      redirect_uri: CALLBACK,
      scope: 'openid profile email',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...extra,
    });
    return { url: url.href, checks };
  };
  const login = (browser: ReturnType<typeof openBrowser>, page: string, username: string) =>
    browser.follow(page, { method: 'POST', body: new URLSearchParams({ login: username }) });

  it('lists the users, and gives the id of the chosen one as sub', async () => {
    const browser = openBrowser();
    const { url, checks } = await begin();
    const page = await browser.follow(url);
    const html = (await page.response?.text()) ?? '';
    expect(html).toContain('value="developer"');
    expect(html).toContain('no passwords');
    const back = await login(browser, page.url, 'developer');
    const tokens = await oidc.authorizationCodeGrant(client, new URL(back.url), checks);
    expect(tokens.claims()).toMatchObject({
      sub: String(gitlab.user('developer').id),
      email: 'developer@example.com',
      groups_direct: [],
    });
    const user = await oidc.fetchUserInfo(client, tokens.access_token, String(gitlab.user('developer').id));
    expect(user).toMatchObject({ name: 'The developer', preferred_username: 'developer', groups: [] });
    expect(tokens.expires_in).toBe(7200);
    await expect(oidc.authorizationCodeGrant(client, new URL(back.url), checks)).rejects.toThrow();
  });

  it('signs a second application visit in without a page, until the session ends or another person signs in', async () => {
    const browser = openBrowser();
    const first = await begin();
    await login(browser, (await browser.follow(first.url)).url, 'reporter');
    const second = await begin();
    const silent = await browser.follow(second.url);
    const tokens = await oidc.authorizationCodeGrant(client, new URL(silent.url), second.checks);
    expect(tokens.claims()?.sub).toBe(String(gitlab.user('reporter').id));
    await browser.visit(`${gitlab.url}/users/sign_out`);
    const third = await begin();
    const page = await browser.follow(third.url);
    expect(page.url).toContain('/users/sign_in/');
    const other = await login(browser, page.url, 'maintainer');
    const changed = await oidc.authorizationCodeGrant(client, new URL(other.url), third.checks);
    expect(changed.claims()?.sub).toBe(String(gitlab.user('maintainer').id));
    const fourth = await begin({ prompt: 'login' });
    const asked = await browser.follow(fourth.url);
    const switched = await login(browser, asked.url, 'developer');
    const last = await oidc.authorizationCodeGrant(client, new URL(switched.url), fourth.checks);
    expect(last.claims()?.sub).toBe(String(gitlab.user('developer').id));
  });

  it('takes the secret in the header as well as in the body', async () => {
    const basic = await oidc.discovery(
      new URL(gitlab.url),
      CLIENT.application_id,
      undefined,
      oidc.ClientSecretBasic(CLIENT.secret),
      { execute: [oidc.allowInsecureRequests] },
    );
    const browser = openBrowser();
    const { url, checks } = await begin();
    const back = await login(browser, (await browser.follow(url)).url, 'developer');
    await expect(oidc.authorizationCodeGrant(basic, new URL(back.url), checks)).resolves.toMatchObject({
      token_type: 'bearer',
    });
  });

  it('lets an access token with read_api ask the REST API, and one without not', async () => {
    const made = await gitlab.root('POST', '/applications', {
      name: 'other',
      redirect_uri: CALLBACK,
      scopes: 'openid read_api',
    });
    const { application_id, secret } = z.object({ application_id: z.string(), secret: z.string() }).parse(made.body);
    const other = await oidc.discovery(new URL(gitlab.url), application_id, secret, undefined, {
      execute: [oidc.allowInsecureRequests],
    });
    for (const [scope, status] of [
      ['openid read_api', 200],
      ['openid', 403],
    ] as const) {
      const browser = openBrowser();
      const verifier = oidc.randomPKCECodeVerifier();
      const state = oidc.randomState();
      const url = oidc.buildAuthorizationUrl(other, {
        redirect_uri: CALLBACK,
        scope,
        state,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      const back = await login(browser, (await browser.follow(url.href)).url, 'developer');
      const tokens = await oidc.authorizationCodeGrant(other, new URL(back.url), {
        pkceCodeVerifier: verifier,
        expectedState: state,
      });
      const answer = await gitlab.nobody('GET', '/projects/ml%2Fmodel', undefined, {
        authorization: `Bearer ${tokens.access_token}`,
      });
      expect([scope, answer.status]).toEqual([scope, status]);
    }
  });

  it('refuses an unknown user, a foreign redirect and a wrong secret', async () => {
    const browser = openBrowser();
    const { url } = await begin();
    const page = await browser.follow(url);
    expect((await login(browser, page.url, 'nobody')).response?.status).toBe(401);
    const foreign = await begin({ redirect_uri: 'http://evil.example/' });
    expect((await browser.follow(foreign.url)).response?.status).toBe(400);
    const wrong = await oidc.discovery(new URL(gitlab.url), CLIENT.application_id, 'not-the-secret', undefined, {
      execute: [oidc.allowInsecureRequests],
    });
    const { url: again, checks } = await begin();
    const back = await login(browser, (await browser.follow(again)).url, 'developer');
    await expect(oidc.authorizationCodeGrant(wrong, new URL(back.url), checks)).rejects.toThrow();
  });

  it('keeps people signed in over a restart of the server', async () => {
    const browser = openBrowser();
    await login(browser, (await browser.follow((await begin()).url)).url, 'developer');
    await gitlab.restart();
    const { url, checks } = await begin();
    const silent = await browser.follow(url);
    const tokens = await oidc.authorizationCodeGrant(client, new URL(silent.url), checks);
    expect(tokens.claims()?.sub).toBe(String(gitlab.user('developer').id));
  });
});
