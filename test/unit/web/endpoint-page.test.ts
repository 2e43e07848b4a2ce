import { describe, expect, it } from '@jest/globals';
import type { Deployment } from '../../../shared/domain/deployment.ts';
import type { EndpointView } from '../../../web/pages/endpoint-page.tsx';
import { renderEndpointPage } from '../../../web/render-page.tsx';
import { NOON, sampleRelease, sampleRun } from '../../fakes/sample-records.ts';
import { frame, HOSTILE, UNWATCHED } from './sample-views.ts';

const run = sampleRun({ sequence: 2 });
const live = sampleRelease(run);
const former = sampleRelease({ ...run, sequence: 1 });
const by = { id: 6, username: 'on-call', name: 'Onno' };
const hold = { by, reason: 'Too slow.', at: NOON, from: 2, to: 1 };
const rollback = {
  rollbackId: 'rollback-1',
  number: 1,
  attempt: 1,
  by,
  reason: 'Too slow.',
  requestedAt: NOON,
  from: live,
  to: former,
  status: 'under-way' as const,
  reasons: [],
};

function page(deployment: Partial<Deployment> | undefined, changes: Partial<EndpointView> = {}): Promise<string> {
  return renderEndpointPage(frame, {
    model: 'flight-delays',
    environment: 'prod',
    projectPath: 'ml/flight-delays',
    onCallGroup: 'ml-on-call',
    deployment: deployment && {
      model: 'flight-delays',
      environment: 'prod',
      endpointName: 'mlops-test-flight-delays-prod',
      ...deployment,
    },
    liveRun: run,
    setting: { name: 'prod', instanceType: 'ml.m5.large', instanceCount: 2, strategy: 'all-at-once' },
    monitoring: { ...UNWATCHED, environment: 'prod' },
    history: [],
    mayOperate: true,
    ...changes,
  });
}

const textOf = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

describe("an endpoint's page", () => {
  it('says what is live, on what, and what was before it', async () => {
    const text = textOf(await page({ live, former }));
    expect(text).toContain('flight-delays v2 is live in prod');
    expect(text).toContain('2 × ml.m5.large');
    expect(text).toContain('off: its policy asks for none');
    expect(text).toContain('Before v2, v1 was live here.');
  });

  it('says where nothing is live', async () => {
    expect(textOf(await page(undefined))).toContain('flight-delays has nothing live in prod yet');
  });

  it('lets Maintainers and on-call roll back, and tells others who can', async () => {
    const html = await page({ live, former });
    expect(html).toContain('action="/models/flight-delays/environments/prod/rollback"');
    expect(html).toContain('name="csrf" value="csrf-of-the-tests"');
    expect(textOf(html)).toContain('Roll back to v1');
    const others = await page({ live, former }, { mayOperate: false });
    expect(others).not.toContain('/rollback"');
    expect(others).toContain('Maintainers of ml/flight-delays and members of ml-on-call can roll back to it here');
  });

  it('offers no way back where there is none', async () => {
    const html = await page({ live });
    expect(html).not.toContain('/rollback"');
    expect(textOf(html)).toContain('There is no former version on record');
  });

  it('says who holds it and why, and lets it be released', async () => {
    const html = await page({ live: former, rolledBack: live, hold, rollback: { ...rollback, status: 'rolled-back' } });
    expect(textOf(html)).toContain('flight-delays v1 serves prod, and no run rolls out there');
    expect(textOf(html)).toContain('Too slow. Onno @on-call');
    expect(html).toContain('action="/models/flight-delays/environments/prod/release"');
    expect(html).not.toContain('/rollback"');
    expect(await page({ live: former, hold }, { mayOperate: false })).not.toContain('/release"');
  });

  it('offers nothing while a rollback is under way, and says how far it is', async () => {
    const html = await page({ live, former, hold, rollback }, { refreshSeconds: 10 });
    expect(textOf(html)).toContain('flight-delays in prod goes back from v2 to v1');
    expect(textOf(html)).toContain('Version 1 is being checked');
    expect(html).not.toMatch(/\/(rollback|release)"/);
  });

  it('says why the last rollback failed, and offers it again', async () => {
    const failed = { ...rollback, status: 'failed' as const, reasons: ['It did not answer.'] };
    const html = await page({ live, former, rollback: failed });
    expect(textOf(html)).toContain('The last rollback failed. What was live is live still. It did not answer.');
    expect(html).toContain('/rollback"');
  });

  it('shows reasons, titles and names as text', async () => {
    const person = { id: 1, username: HOSTILE, name: HOSTILE };
    for (const html of [
      await page(
        { live, hold: { ...hold, by: person, reason: HOSTILE } },
        { liveRun: { ...run, commitTitle: HOSTILE } },
      ),
      await page({ live, former, rollback: { ...rollback, status: 'failed', reasons: [HOSTILE] } }),
      await page({ live, former, hold, rollback: { ...rollback, by: person, reason: HOSTILE } }),
    ]) {
      expect(html).not.toContain('<script');
      expect(html).not.toContain('<img');
    }
  });
});
