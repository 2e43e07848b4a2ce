import { describe, expect, it } from '@jest/globals';
import { parse } from 'node-html-parser';
import { renderReport } from '../../../../web/report/render-report.tsx';
import { reportPolicy } from '../../../../web/report/report-policy.ts';
import { HOSTILE } from '../sample-views.ts';
import { even, reportOf, rowsOf } from './sample-report.ts';

const MOST_BYTES = 300_000;
const HEADER = ['distance', 'hour', 'carrier', 'score'];
const CARRIERS = ['UA', 'B6', 'DL', 'AA'];

const flights = (count: number, shift = 0) =>
  rowsOf(count, (at) => [
    (500 + 900 * even(at) + 400 * shift).toFixed(1),
    String(at % 24),
    CARRIERS[at % (4 - shift)],
    (0.2 + 0.5 * even(at * 3)).toFixed(3),
  ]);

const textOf = (page: string) => parse(page).querySelector('body')?.structuredText ?? '';

describe('report.html', () => {
  it('begins with the verdict, and shows the features by how far they moved, with numbers, thresholds and words', () => {
    const page = renderReport(reportOf(HEADER, flights(3000), flights(2000, 1)));
    const dom = parse(page);
    expect(dom.querySelector('h1')?.text).toContain('2 of 3 features (distance, carrier)');
    expect(dom.querySelectorAll('.cards h3').map(({ text }) => text)).toEqual(['distance', 'carrier', 'hour']);
    const text = textOf(page);
    expect(text).toContain('drift ≥ 0.10');
    expect(text).toMatch(/The mean rose from 950 to 1,3\d\d/);
    expect(text).toContain('“⁨AA⁩” fell from 25 % to 0 %.');
    expect(dom.querySelectorAll('svg[role=img]').every((svg) => (svg.getAttribute('aria-label') ?? '') !== '')).toBe(
      true,
    );
  });

  it('is the same bytes for the same report, needs nothing from elsewhere, and runs nothing', () => {
    const view = reportOf(HEADER, flights(1000), flights(1000));
    const page = renderReport(view);
    expect(renderReport(view)).toBe(page);
    expect(page).not.toMatch(/<script|src=|@import|url\(| style="| on\w+="/);
    expect(page.match(/href="[^#]/g)).toBeNull();
  });

  it('carries a policy that its own stylesheet fits, and the pages serve it under the same', () => {
    const page = renderReport(reportOf(HEADER, flights(600), flights(600)));
    const own = parse(page).querySelector('meta[http-equiv]')?.getAttribute('content') ?? '';
    expect(own).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(reportPolicy(page)).toBe(`${own}; frame-ancestors 'none'`);
  });

  it('shows names, values and links that mean harm as text', () => {
    const names = [HOSTILE, 'carrier'];
    const training = rowsOf(2000, (at) => [String(at % 7), at % 2 ? HOSTILE : '</style><b>']);
    const window = rowsOf(1500, (at) => [String(at % 7), at % 3 ? '<img src=x onerror=alert(1)>' : HOSTILE]);
    const view = reportOf(names, training, window, { showUnseenValues: true });
    const page = renderReport({ ...view, links: [{ label: HOSTILE, address: 'javascript:alert(1)' }] });
    expect(page).not.toMatch(/<script|<img|<b>|href="javascript:/);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(textOf(page)).toContain('<img src=x onerror=alert(1)>');
  });

  it('names no new value where the policy does not allow it', () => {
    const training = rowsOf(2000, (at) => [String(at), 'known']);
    const page = renderReport(
      reportOf(
        ['x', 'carrier'],
        training,
        rowsOf(1500, (at) => [String(at), 'planted-secret']),
      ),
    );
    expect(page).not.toContain('planted-secret');
    expect(textOf(page)).toContain('100 % of the values are not in the training data.');
  });

  it.each([
    ['no row', 0],
    ['one row', 1],
  ])('says that there is too little data with %s', (_, count) => {
    const page = renderReport(reportOf(HEADER, flights(1000), flights(count)));
    expect(parse(page).querySelector('.verdict')?.text).toContain('too little data');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('draws constant, empty and one-valued columns without nonsense', () => {
    const header = ['constant', 'empty', 'one'];
    const training = rowsOf(1200, () => ['3', undefined, 'a']);
    for (const window of [
      training,
      rowsOf(1200, () => ['1e90', '5', 'b']),
      rowsOf(1200, () => [undefined, undefined, undefined]),
    ]) {
      expect(renderReport(reportOf(header, training, window))).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it.each([
    ['200 numeric features', (at: number, of: number) => (even(at * 200 + of) * (1 + of / 100)).toFixed(4)],
    [
      '200 categorical features',
      (at: number, of: number) => `value ${Math.floor(even(at + of) * 60)} ${HOSTILE.repeat(4)}`,
    ],
  ])('stays below 300 kB with %s and shows each of them', (_, cell) => {
    const names = Array.from({ length: 200 }, (__, of) => `feature_${of}_with_a_name_of_the_usual_length`);
    const rows = (count: number, shift: number) => rowsOf(count, (at) => names.map((__, of) => cell(at + shift, of)));
    const page = renderReport(reportOf(names, rows(520, 0), rows(520, 91)));
    expect(Buffer.byteLength(page)).toBeLessThan(MOST_BYTES);
    expect(page.match(/ id="f\d+"/g)).toHaveLength(200);
  });

  it('stays below 300 kB whatever the names are, and says what it leaves out', () => {
    const names = Array.from({ length: 500 }, (__, of) => `${'"<&>'.repeat(60)}${of}`);
    const rows = rowsOf(20, (at) => names.map(() => String(at)));
    const page = renderReport(reportOf(names, rows, rows));
    expect(Buffer.byteLength(page)).toBeLessThan(MOST_BYTES);
    expect(textOf(page)).toMatch(/The numbers of [\d,]+ more features/);
  });
});
