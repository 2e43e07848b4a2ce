import { describe, expect, it } from '@jest/globals';
import { parse } from 'node-html-parser';
import type { MonitoringHistory } from '../../../shared/domain/monitoring-history.ts';
import { renderEndpointPage, renderModelPage } from '../../../web/render-page.tsx';
import { stylesheet } from '../../../web/stylesheet.ts';
import { hourly, sampleCase } from '../../fakes/sample-cases.ts';
import { watchedHistory } from './sample-monitoring.ts';
import { frame, run, UNWATCHED } from './sample-views.ts';

const textOf = (page: string) => parse(page).querySelector('main')?.structuredText ?? '';

function modelPage(...monitoring: MonitoringHistory[]): Promise<string> {
  const view = { model: 'flight-delays', projectPath: 'ml/flight-delays', stewardsGroup: 'ml-stewards', runs: [run] };
  return renderModelPage(frame, { ...view, environments: [], monitoring });
}

const policyOf = (changes: Partial<NonNullable<MonitoringHistory['watched']>>): MonitoringHistory => ({
  ...UNWATCHED,
  watched: {
    version: 7,
    monitors: true,
    wantsDrift: false,
    drift: undefined,
    latency: undefined,
    retrains: false,
    ...changes,
  },
});

describe('what the pages tell of monitoring', () => {
  it('draws drift and latency over time, each picture with its newest number and threshold in words', async () => {
    const dom = parse(await modelPage(watchedHistory));
    const labels = dom.querySelectorAll('svg.series').map((svg) => svg.getAttribute('aria-label') ?? '');
    expect(labels[0]).toBe('Share of drifted features: newest 30 %, alert from 30 %');
    expect(labels).toContainEqual(expect.stringMatching(/^Distance of distance: newest 0\.8\d+, threshold 0\.1$/));
    expect(labels).toContainEqual(
      expect.stringContaining('answered within 100 ms without error: newest 92.8 %, objective 99 %'),
    );
    expect(labels).toContainEqual(expect.stringContaining('p99'));
    expect(dom.toString()).not.toMatch(/NaN|undefined/);
  });

  it('has the same as a table, with a link to each report', async () => {
    const page = await modelPage(watchedHistory);
    const table = parse(page).querySelector('details table')?.structuredText ?? '';
    expect(table).toContain('could not be judged');
    expect(table).toContain('drifted');
    const { to, from } = hourly(0);
    const report = `/models/flight-delays/environments/prod/windows/${encodeURIComponent(to)}/${encodeURIComponent(from)}/report`;
    expect(page).toContain(`href="${report}"`);
  });

  it('leads to the open case, its issue and its retraining, and says who silenced it', async () => {
    const { user } = frame.viewer;
    const found = sampleCase({
      issue: { iid: 12, webUrl: 'https://gitlab.example.com/issues/12' },
      retrainings: [{ runId: 'run-retraining', startedAt: hourly(0).to }],
      snoozedUntil: '2026-11-25T00:00:00.000Z',
      snoozedBy: { noteId: 1, user },
    });
    const page = await modelPage({ ...watchedHistory, cases: [found] });
    expect(page).toContain('href="https://gitlab.example.com/issues/12"');
    expect(page).toContain('href="/runs/run-retraining"');
    expect(textOf(page)).toContain('Silenced by Sam Steward until');
  });

  it.each([
    [policyOf({ monitors: false }), 'No schedule, because the policy of v7 has no monitoring.'],
    [policyOf({}), 'No schedule, because the policy of v7 has no monitoring of drift.'],
    [policyOf({ wantsDrift: true }), 'No schedule, because the policy of v7 captures nothing here'],
    [policyOf({}), 'Not watched, because the policy of v7 has no monitoring of latency.'],
    [UNWATCHED, 'Nothing is live, so nothing is watched yet.'],
  ])('says why there is nothing to see (%#)', async (history, sentence) => {
    expect(textOf(await modelPage(history))).toContain(sentence);
  });

  it('keeps the pictures of earlier windows where nothing watches any more', async () => {
    const page = await modelPage({ ...policyOf({ monitors: false }), windows: watchedHistory.windows });
    expect(textOf(page)).toContain('No schedule');
    expect(page).toContain('class="series"');
  });

  it('copes with a single window and a single reading', async () => {
    const single = {
      ...watchedHistory,
      windows: watchedHistory.windows.slice(-1),
      readings: watchedHistory.readings.slice(-1),
    };
    expect(await modelPage(single)).not.toMatch(/NaN|undefined/);
  });

  it('leaves a page of three watched environments and its stylesheet below 60 kB', async () => {
    const view = { model: 'flight-delays', projectPath: 'ml/flight-delays', stewardsGroup: 'ml-stewards' };
    const monitoring = ['dev', 'qa', 'prod'].map((environment) => ({ ...watchedHistory, environment }));
    const runs = Array.from({ length: 20 }, () => run);
    const page = await renderModelPage(frame, { ...view, runs, environments: [], monitoring });
    expect(parse(page).querySelectorAll('svg.series')).toHaveLength(12 + 8 + 8);
    expect(Buffer.byteLength(page) + Buffer.byteLength(stylesheet)).toBeLessThan(60_000);
  });

  it('stands on the page of the endpoint too, and is light', async () => {
    const live = { model: 'flight-delays', environment: 'prod', endpointName: 'e-prod' };
    const place = { model: 'flight-delays', environment: 'prod', projectPath: 'p', onCallGroup: 'g' };
    const rest = { deployment: live, liveRun: run, setting: undefined, history: [], mayOperate: false };
    const page = await renderEndpointPage(frame, { ...place, ...rest, monitoring: watchedHistory });
    expect(page).toContain('Drift in prod');
    expect(Buffer.byteLength(page)).toBeLessThan(45_000);
  });
});
