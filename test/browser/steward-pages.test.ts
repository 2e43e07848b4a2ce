import type { Browser, Page } from 'playwright-core';
import { people } from '../../local/world/people.ts';
import { worldVariable } from '../harness/world.ts';
import { axeFindings, keepScreenshot, sidewaysScroll } from './look-at-page.ts';
import { openBrowser, openSignedIn, openWindow, THEMES, WIDTHS } from './open-browser.ts';
import { robotVisits } from './robot.ts';
import { HOSTILE_TITLE, type WaitingReview, waitingReview } from './waiting-review.ts';

const MODEL = 'flight-delays';
let browser: Browser;
let waiting: WaitingReview;
let web: string;

beforeAll(async () => {
  browser = await openBrowser();
  waiting = await waitingReview();
  web = worldVariable('MLOPS_URL');
}, 300_000);

afterAll(() => browser?.close());

const pagesOf = ({ run, link }: WaitingReview): [string, string][] => [
  ['overview', `${web}/`],
  ['model', `${web}/models/${MODEL}`],
  ['run', `${web}/runs/${run.runId}?refresh=off`],
  ['review', link],
];

const recordOf = async ({ stage, run }: WaitingReview) => JSON.stringify(await stage.outcome(run.runId));

describe('a robot that is signed out', () => {
  it('learns nothing of any model, and changes nothing, whatever it opens, clicks and posts', async () => {
    const before = await recordOf(waiting);
    const page = await openWindow(browser, { javaScriptEnabled: true });
    const starts = [...pagesOf(waiting).map(([, address]) => address), `${web}/models/unknown`];
    const seen = await robotVisits(page, starts, web);
    const reviewId = waiting.run.reviewId ?? '';
    for (const outcome of ['approved', 'rejected']) {
      const form = { outcome, reason: 'robot', code: 'other', packetSha256: '0'.repeat(64) };
      const answer = await page.request.post(`${web}/reviews/${reviewId}/decision`, { form });
      expect(answer.status()).toBe(401);
      seen.push(await answer.text());
    }
    for (const text of seen) expect(withoutAddresses(text)).not.toContain(MODEL);
    expect(await recordOf(waiting)).toBe(before);
    await page.context().close();
  });
});

describe('an outsider', () => {
  it('finds nothing on any route of a model, and the same nothing as where there is no model', async () => {
    const page = await openWindow(browser);
    await openSignedIn(page, `${web}/`, people.outsider.username);
    expect(await page.content()).not.toContain(MODEL);
    const nowhere = await page.request.get(`${web}/models/unknown`);
    expect(nowhere.status()).toBe(404);
    for (const [name, address] of pagesOf(waiting).slice(1)) {
      const answer = await page.request.get(address);
      expect([name, answer.status()]).toEqual([name, 404]);
      expect(withoutTimes(await answer.text())).toBe(withoutTimes(await nowhere.text()));
    }
    await page.context().close();
  });
});

describe('every page', () => {
  const looks = WIDTHS.flatMap((width) => THEMES.map((colorScheme) => ({ width, colorScheme })));

  it.each(looks)('has no fault that axe knows, at $width pixels in $colorScheme', async ({ width, colorScheme }) => {
    const page = await openWindow(browser, { javaScriptEnabled: true, viewport: { width, height: 900 }, colorScheme });
    await page.goto(`${web}/models/${MODEL}`);
    await lookAt(page, `sign-in-${width}-${colorScheme}`);
    await openSignedIn(page, `${web}/`, people.steward1.username);
    const lost: [string, string] = ['not-found', `${web}/models/unknown`];
    for (const [name, address] of [...pagesOf(waiting), lost]) {
      await page.goto(address);
      await lookAt(page, `${name}-${width}-${colorScheme}`);
    }
    await page.context().close();
  });

  it.each(looks)("has none on the endpoint's page of on-call, at $width pixels in $colorScheme", async (look) => {
    const { width, colorScheme } = look;
    const page = await openWindow(browser, { javaScriptEnabled: true, viewport: { width, height: 900 }, colorScheme });
    await openSignedIn(page, `${web}/models/${MODEL}/environments/prod`, people.onCall.username);
    expect(await page.locator('h1').innerText()).toContain(MODEL);
    await lookAt(page, `endpoint-${width}-${colorScheme}`);
    expect(await sidewaysScroll(page)).toBe(0);
    await page.context().close();
  });

  it('needs no sideways scroll at 360 pixels', async () => {
    const page = await openWindow(browser, { javaScriptEnabled: true, viewport: { width: 360, height: 740 } });
    await openSignedIn(page, `${web}/`, people.steward1.username);
    for (const [name, address] of pagesOf(waiting)) {
      await page.goto(address);
      expect([name, await sidewaysScroll(page)]).toEqual([name, 0]);
    }
    await page.context().close();
  });

  it('shows a script in a commit message as text', async () => {
    const page = await openWindow(browser, { javaScriptEnabled: true });
    await openSignedIn(page, waiting.link, people.steward1.username);
    for (const [name, address] of pagesOf(waiting)) {
      await page.goto(address);
      expect([name, await page.title()]).not.toEqual([name, 'taken']);
      if (name !== 'overview') expect(await page.locator('main').innerText()).toContain(HOSTILE_TITLE);
    }
    await page.context().close();
  });
});

describe('a steward, without scripts', () => {
  it('follows the link of the mail, reads, is told what is missing, decides, and sees the version go live', async () => {
    const page = await openWindow(browser);
    await openSignedIn(page, waiting.link, people.steward1.username);
    expect(page.url()).toBe(waiting.link);
    expect(await page.locator('h1').innerText()).toContain('waits for a steward until');

    const record = page.getByRole('button', { name: 'Record the decision' });
    await record.click();
    expect(page.url()).toBe(waiting.link);
    await page.getByRole('radio', { name: 'Reject' }).check();
    await page.getByRole('textbox', { name: 'Reason' }).fill('Half a thought');
    await record.click();
    expect(await page.getByRole('alert').innerText()).toContain('Choose what the rejection is about');
    expect(await page.getByRole('textbox', { name: 'Reason' }).inputValue()).toBe('Half a thought');

    await page.getByRole('radio', { name: 'Approve' }).check();
    await page
      .getByRole('textbox', { name: 'Reason' })
      .fill('<script>alert("reason")</script> Better on every origin.');
    await record.click();
    expect(page.url()).toBe(waiting.link);
    expect(await page.locator('h1').innerText()).toContain(`was approved by ${people.steward1.name}`);
    expect(await page.locator('main').innerText()).toContain(
      '<script>alert("reason")</script> Better on every origin.',
    );
    await keepScreenshot(page, 'review-approved-1280-light');

    await waiting.stage.runUntil(waiting.run.runId, ['live'], () => {});
    await page.goto(`${web}/runs/${waiting.run.runId}`);
    expect(await page.locator('h1').innerText()).toContain('is live in dev, qa and prod');
    await keepScreenshot(page, 'run-live-1280-light');
    await page.context().close();
  }, 240_000);

  it('who comes late sees who decided, and why, and finds no form', async () => {
    const page = await openWindow(browser);
    await openSignedIn(page, waiting.link, people.steward2.username);
    expect(await page.locator('main').innerText()).toContain('Better on every origin.');
    expect(await page.getByRole('button', { name: 'Record the decision' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(waiting.link);
    expect(await page.locator('h1').innerText()).toBe('Sign in to go on');
    await page.context().close();
  });
});

async function lookAt(page: Page, name: string): Promise<void> {
  expect([name, await sidewaysScroll(page)]).toEqual([name, 0]);
  expect([name, await axeFindings(page)]).toEqual([name, []]);
  await keepScreenshot(page, name);
}

/** The way back after sign-in repeats the address that was asked for, and nothing else. */
function withoutAddresses(page: string): string {
  return page.replaceAll(/returnTo=[^"]*/g, '');
}

function withoutTimes(page: string): string {
  return page.replaceAll(/<time.*?<\/time>/g, '');
}
