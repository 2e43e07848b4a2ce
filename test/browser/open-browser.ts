import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { worldVariable } from '../harness/world.ts';

export const WIDTHS = [390, 1280] as const;
export const THEMES = ['light', 'dark'] as const;

/** The Chromium that `npm test` found. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: worldVariable('MLOPS_BROWSER'), chromiumSandbox: false });
}

/** A person's own browser window. Scripts of pages are off unless asked for: nothing of ours needs them. */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  return context.newPage();
}

/** Opens the address; where it asks for it, signs in at GitLab as this user and comes back. */
export async function openSignedIn(page: Page, address: string, username: string): Promise<void> {
  await page.goto(address);
  const signIn = page.getByRole('link', { name: 'Sign in with GitLab' });
  if ((await signIn.count()) === 0) return;
  await signIn.click();
  await page.locator(`button[name=login][value="${username}"]`).click();
}
