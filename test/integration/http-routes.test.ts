import { beforeAll, describe, expect, it } from '@jest/globals';
import { type BrowserSession, browserSession, type Page } from '../../local/demo/browser-session.ts';
import { people } from '../../local/world/people.ts';
import { worldVariable } from '../harness/world.ts';

const NOWHERE = '0'.repeat(32);
const url = (path: string) => `${worldVariable('MLOPS_URL')}${path}`;
const get = (path: string) => fetch(url(path), { redirect: 'manual' });
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url(path), { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });
const decision = { outcome: 'approved', reason: 'The numbers are good.', csrf: 'guess', packetSha256: '0'.repeat(64) };

describe('every route, signed out', () => {
  it('GET /healthz answers without a look at anything', async () => {
    const answer = await get('/healthz');
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it.each([
    '/',
    '/models/flight-delays',
    '/models/flight-delays/environments/prod',
    `/runs/${NOWHERE.slice(12)}`,
    `/reviews/${NOWHERE}`,
  ])('GET %s asks to sign in and says nothing of a model', async (path) => {
    const answer = await get(path);
    const page = await answer.text();
    expect(answer.status).toBe(401);
    expect(page).toContain('/auth/login');
    expect(page).not.toMatch(/Dana|AUC|steward-1/);
    expect(page.replaceAll(/returnTo=[^"]*/g, '')).not.toContain('flight-delays');
  });

  it('GET /auth/login leads to GitLab, with PKCE and a state', async () => {
    const answer = await get('/auth/login?returnTo=%2F');
    const target = new URL(answer.headers.get('location') ?? '');
    expect({ status: answer.status, origin: target.origin }).toEqual({
      status: 302,
      origin: worldVariable('GITLAB_URL'),
    });
    expect(Object.fromEntries(target.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      state: expect.stringMatching(/.{20}/),
    });
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Lax|SameSite=Lax.*HttpOnly/i);
  });

  it('GET /auth/callback without a sign-in that was begun here is 403, with a way to begin', async () => {
    const answer = await get('/auth/callback?code=guess&state=guess');
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('/auth/login');
  });

  it('POST /auth/logout goes to the front page', async () => {
    const answer = await post('/auth/logout', { csrf: 'guess' });
    expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({ status: 303, location: '/' });
  });

  it.each([
    `/reviews/${NOWHERE}/decision`,
    `/runs/${NOWHERE.slice(12)}/retry`,
    '/models/flight-delays/environments/prod/rollback',
    '/models/flight-delays/environments/prod/release',
  ])('POST %s is 401 and asks to sign in', async (path) => {
    const answer = await post(path, decision, { origin: worldVariable('MLOPS_URL') });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('/auth/login');
  });

  it.each([
    ['GET', '/models/flight-delays/environments/prod'],
    ['POST', '/models/flight-delays/environments/prod/rollback'],
    ['POST', '/models/flight-delays/environments/prod/release'],
  ])('%s %s with a token that GitLab does not know is 401, as JSON, and never shows it', async (method, path) => {
    const headers = { authorization: 'Bearer glpat-0123456789abcdefghij', 'content-type': 'application/json' };
    const body = method === 'POST' ? { body: JSON.stringify({ reason: 'Try.' }) } : {};
    const answer = await fetch(url(path), { method, headers, ...body });
    const text = await answer.text();
    expect(answer.status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({ sentence: expect.stringContaining('GitLab does not know the token') });
    expect(text).not.toContain('glpat');
  });

  it.each([
    '/wp-login.php',
    '/models',
    '/models/flight-delays/x',
    '/runs/',
  ])('GET %s is 404, as a page', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8');
  });

  it('every page forbids what it does not need', async () => {
    const { headers } = await get('/');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toContain('no-store');
  });
});

describe('every route, signed in as a steward', () => {
  let browser: BrowserSession;
  let front: Page;
  beforeAll(async () => {
    browser = browserSession();
    front = await browser.openSignedIn(url('/'), people.steward1.username);
  });

  it('GET / shows the models', () => {
    expect(front.status).toBe(200);
    expect(front.html).toContain('/models/flight-delays');
  });

  it('GET /models/{model} shows what is live where', async () => {
    const page = await browser.open(url('/models/flight-delays'));
    expect(page.status).toBe(200);
    expect(page.html).toContain('ml/flight-delays');
  });

  it.each([
    '/models/unknown',
    `/runs/${NOWHERE.slice(12)}`,
    '/runs/not-an-id',
    `/reviews/${NOWHERE}`,
    '/reviews/%3Cscript%3E',
  ])('GET %s, which there is not, is a 404 page that says what to do', async (path) => {
    const page = await browser.open(url(path));
    expect(page.status).toBe(404);
    expect(page.html).toMatch(/<h1[^>]*>/);
    expect(page.html).not.toContain('<script');
  });

  it('POST /auth/logout signs out, from the form of the page only', async () => {
    const out = await browser.submit(front, '/auth/logout', {});
    expect(out.status).toBe(401);
    expect((await browser.open(url('/models/flight-delays'))).status).toBe(401);
  });
});

it('an outsider gets 404 for every model, run and review', async () => {
  const browser = browserSession();
  await browser.openSignedIn(url('/'), people.outsider.username);
  for (const path of ['/models/flight-delays', `/runs/${NOWHERE.slice(12)}`, `/reviews/${NOWHERE}`]) {
    expect((await browser.open(url(path))).status).toBe(404);
  }
});
