/**
 * A Chromium for the browser tests: the one named by MLOPS_BROWSER, else the system's, else the binary that the npm package
 * @sparticuz/chromium carries, else the one that Playwright's installer downloads.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetUpError } from './set-up.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** @returns {Promise<string>} path of a browser that starts */
export async function findBrowser(environment) {
  const candidates = [
    () => environment.MLOPS_BROWSER,
    ...(environment.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => () => join(folder, name))),
    ...macPaths.map((path) => () => path),
    packagedChromium,
    () => playwrightChromium(environment),
  ];
  for (const candidate of candidates) {
    const path = await candidate();
    if (path && (await starts(path))) return path;
  }
  throw new SetUpError(
    'No Chromium was found for the browser tests: install chromium or Google Chrome, or set MLOPS_BROWSER to its path, then run again.',
  );
}

/** As the tests will start it; without Chromium's own sandbox, which containers and root don't allow. */
async function starts(executablePath) {
  if (!existsSync(executablePath)) return false;
  const { chromium } = await import('playwright-core');
  try {
    const browser = await chromium.launch({ executablePath, chromiumSandbox: false, timeout: 20_000 });
    await browser.close();
    return true;
  } catch {
    return false;
  }
}

async function packagedChromium() {
  if (process.platform !== 'linux') return undefined;
  const { default: chromium } = await import('@sparticuz/chromium');
  return chromium.executablePath().catch(() => undefined);
}

async function playwrightChromium(environment) {
  const install = spawnSync('playwright-core', ['install', 'chromium-headless-shell'], {
    env: environment,
    stdio: ['ignore', 2, 2],
    timeout: 240_000,
  });
  if (install.status !== 0) return undefined;
  const { chromium } = await import('playwright-core');
  return chromium.executablePath();
}
