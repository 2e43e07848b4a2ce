import type { Page } from 'playwright-core';

/** Enough for every page that a signed-out visitor can reach. */
const MOST_PAGES = 40;

/**
 * Opens the addresses as a mail scanner would, follows every link within the site, and sends every form that it meets.
 * @returns the text of each answer
 */
export async function robotVisits(page: Page, starts: readonly string[], site: string): Promise<string[]> {
  const waiting = [...starts];
  const known = new Set(waiting);
  const texts: string[] = [];
  while (waiting.length > 0 && texts.length < MOST_PAGES) {
    const address = waiting.shift() ?? site;
    await page.request.fetch(address, { method: 'HEAD' });
    await page.goto(address);
    if (!page.url().startsWith(site)) continue;
    texts.push(await page.content());
    for (const target of await linksOn(page)) {
      if (!target.startsWith(site) || known.has(target)) continue;
      known.add(target);
      waiting.push(target);
    }
    await submitForms(page);
  }
  return texts;
}

async function linksOn(page: Page): Promise<string[]> {
  const hrefs = await Promise.all((await page.locator('a[href]').all()).map((link) => link.getAttribute('href')));
  return hrefs.flatMap((href) => (href === null ? [] : (URL.parse(href, page.url())?.href ?? [])));
}

async function submitForms(page: Page): Promise<void> {
  const back = page.url();
  const count = await page.locator('form').count();
  for (let at = 0; at < count; at += 1) {
    await page.goto(back);
    await page.locator('form').nth(at).locator('button').first().click();
  }
}
