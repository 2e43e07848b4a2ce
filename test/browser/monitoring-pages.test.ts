import type { Browser } from 'playwright-core';
import { renderModelPage } from '../../web/render-page.tsx';
import { renderReport } from '../../web/report/render-report.tsx';
import { stylesheet } from '../../web/stylesheet.ts';
import { even, reportOf, rowsOf } from '../unit/web/report/sample-report.ts';
import { watchedHistory } from '../unit/web/sample-monitoring.ts';
import { frame, HOSTILE, run } from '../unit/web/sample-views.ts';
import { axeFindings, keepScreenshot, sidewaysScroll } from './look-at-page.ts';
import { openBrowser, openWindow, THEMES, WIDTHS } from './open-browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const NAMES = [
  'distance',
  'hour',
  HOSTILE,
  'temperature_in_degrees_fahrenheit_at_the_origin_one_hour_before',
  'سرعة_الرياح',
  'score',
];
const CARRIERS = [
  'UA',
  'الخطوط الجوية العربية السعودية',
  HOSTILE,
  'a category whose name somebody wrote as free text, at length',
];

const flights = (count: number, shift: number) =>
  rowsOf(count, (at) => [
    (500 + 900 * even(at) + 300 * shift).toFixed(1),
    String((at + shift) % 24),
    CARRIERS[at % (4 - shift)],
    (40 + 20 * even(at * 3)).toFixed(1),
    at % 9 < 2 * shift ? undefined : (10 * even(at * 5)).toFixed(1),
    (0.2 + 0.5 * even(at * 7)).toFixed(3),
  ]);

const looks = [...WIDTHS, 360].flatMap((width) => THEMES.map((colorScheme) => ({ width, colorScheme })));

describe('the report of a window', () => {
  it.each(
    looks,
  )('is whole under its own policy, without a fault that axe knows, at $width pixels in $colorScheme', async ({
    width,
    colorScheme,
  }) => {
    const page = await openWindow(browser, { javaScriptEnabled: true, viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.setContent(
      renderReport(reportOf(NAMES, flights(3000, 0), flights(2000, 1), { showUnseenValues: true })),
    );
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    const border = await page.evaluate("getComputedStyle(document.querySelector('.verdict')).borderLeftWidth");
    expect(border).toBe('6px');
    await keepScreenshot(page, `drift-report-${width}-${colorScheme}`);
    await page.context().close();
  });
});

describe('the history on the page of a model', () => {
  const view = { model: 'flight-delays', projectPath: 'ml/flight-delays', stewardsGroup: 'ml-stewards', runs: [run] };

  it.each(looks)('has no fault that axe knows, at $width pixels in $colorScheme', async ({ width, colorScheme }) => {
    const page = await openWindow(browser, { javaScriptEnabled: true, viewport: { width, height: 900 }, colorScheme });
    const html = await renderModelPage(frame, { ...view, environments: [], monitoring: [watchedHistory] });
    await page.setContent(html.replace(/<link rel="stylesheet"[^>]*>/, `<style>${stylesheet}</style>`));
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await keepScreenshot(page, `model-history-${width}-${colorScheme}`);
    await page.locator('summary').click();
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await page.context().close();
  });
});
