import makeFetchCookie from 'fetch-cookie';
import { parse } from 'node-html-parser';
import { WorldError } from '../world/world-error.ts';

export type Page = { url: string; status: number; html: string };

/** A person at the product's pages, over plain HTTP: follows links, keeps cookies, posts forms as they stand. */
export type BrowserSession = {
  open(url: string): Promise<Page>;
  /** Opens a page and, if it asks for it, signs in as this GitLab user and comes back to the page. */
  openSignedIn(url: string, username: string): Promise<Page>;
  /** Posts the form whose action ends with `actionSuffix`, its hidden fields as they stand and `fields` filled in. */
  submit(page: Page, actionSuffix: string, fields: Record<string, string>): Promise<Page>;
};

export function browserSession(): BrowserSession {
  const fetchWithCookies = makeFetchCookie(fetch);

  const request = async (url: string, init?: RequestInit): Promise<Page> => {
    const response = await fetchWithCookies(url, init);
    return { url: response.url === '' ? url : response.url, status: response.status, html: await response.text() };
  };

  const submit: BrowserSession['submit'] = async (page, actionSuffix, fields) => {
    const form = parse(page.html)
      .querySelectorAll('form')
      .find((candidate) => new URL(candidate.getAttribute('action') ?? '', page.url).pathname.endsWith(actionSuffix));
    if (!form)
      throw new WorldError(`The page ${page.url} (status ${page.status}) has no form that posts to …${actionSuffix}.`);
    const body = new URLSearchParams();
    for (const input of form.querySelectorAll('input[type=hidden]')) {
      body.set(input.getAttribute('name') ?? '', input.getAttribute('value') ?? '');
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const target = new URL(form.getAttribute('action') ?? '', page.url);
    return request(target.href, { method: 'POST', body, headers: { origin: target.origin, referer: page.url } });
  };

  return {
    open: (url) => request(url),
    submit,
    async openSignedIn(url, username) {
      const first = await request(url);
      const link = parse(first.html)
        .querySelectorAll('a[href]')
        .map((anchor) => new URL(anchor.getAttribute('href') ?? '', first.url))
        .find((target) => target.pathname === '/auth/login');
      if (!link) return first;
      const users = await request(link.href);
      const back = await submit(users, signInPath(users), { login: username });
      return back.url === url ? back : request(url);
    },
  };
}

/** The form of GitLab's sign-in page that names the user. */
function signInPath(page: Page): string {
  const form = parse(page.html)
    .querySelectorAll('form')
    .find((candidate) => candidate.querySelector('[name=login]'));
  if (!form)
    throw new WorldError(
      `GitLab's sign-in page was expected at ${page.url} (status ${page.status}), and there is none.`,
    );
  return new URL(form.getAttribute('action') ?? '', page.url).pathname;
}
