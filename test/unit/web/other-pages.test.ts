import type { RunStatus } from '../../../shared/domain/run.ts';
import {
  renderMessagePage,
  renderModelPage,
  renderOverviewPage,
  renderRunPage,
  renderSignInPage,
} from '../../../web/render-page.tsx';
import { sampleRelease, sampleRun } from '../../fakes/sample-records.ts';
import { frame, HOSTILE, manyGates, NOW, packet, run, timeline } from './sample-views.ts';

const textOf = (page: string) => page.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

describe("the run's page", () => {
  const sentences: [RunStatus, string][] = [
    ['refused', 'was refused before training'],
    ['training', 'is being trained'],
    ['judging', 'is being judged'],
    ['registering', 'is being registered'],
    ['awaiting-approval', 'waits for a steward'],
    ['rolling-out', 'being rolled out'],
    ['live', 'is live in dev, qa and prod'],
    ['routed-back', 'was routed back'],
    ['superseded', 'gave way to a newer candidate'],
    ['parked', 'is parked'],
  ];
  it.each(sentences)('of a run that is %s says that it %s', async (status, sentence) => {
    const page = await renderRunPage(frame, { run: { ...run, status }, timeline, mayRetry: false });
    expect(textOf(page)).toContain(sentence);
  });

  it('lets a Maintainer retry a parked run, and tells others who can', async () => {
    const parked = sampleRun({ status: 'parked', reasons: ['SageMaker has no capacity.'] });
    const forMaintainer = await renderRunPage(frame, { run: parked, timeline: [], mayRetry: true });
    const forOthers = await renderRunPage(frame, { run: parked, timeline: [], mayRetry: false });
    expect(forMaintainer).toContain(`action="/runs/${parked.runId}/retry"`);
    expect(forMaintainer).toContain('name="csrf" value="csrf-of-the-tests"');
    expect(forOthers).not.toContain('/retry"');
    expect(forOthers).toContain('A Maintainer of ml/flight-delays can retry it here');
  });

  it('shows pauses in the timeline, and what is awaited', async () => {
    const text = textOf(await renderRunPage(frame, { run, timeline, mayRetry: false }));
    expect(text).toContain('28 min 37 s later');
    expect(text).toContain('Waiting for a steward to decide · since 2 h');
  });

  it('shows reasons, titles and names as text', async () => {
    const hostile = sampleRun({
      status: 'routed-back',
      reasons: [HOSTILE],
      commitTitle: HOSTILE,
      commitAuthor: { name: HOSTILE, email: HOSTILE },
      triggeredBy: { id: 1, username: HOSTILE, name: HOSTILE },
      issueUrl: 'javascript:alert(1)',
      pipelineUrl: 'javascript:alert(1)',
    });
    const verdict = { ...packet.verdict, results: manyGates(3) };
    const page = await renderRunPage(frame, { run: hostile, timeline, verdict, mayRetry: true });
    expect(page).not.toContain('<script');
    expect(page).not.toContain('href="javascript:');
  });
});

describe("the model's page", () => {
  const view = {
    model: 'flight-delays',
    projectPath: 'ml/flight-delays',
    stewardsGroup: 'ml-stewards',
    runs: [run],
    monitoring: [],
  };

  it('says what is live, what is on its way, and what waits', async () => {
    const live = sampleRelease(run, { version: 6 });
    const environments = [
      {
        name: 'dev',
        deployment: {
          model: 'flight-delays',
          environment: 'dev',
          endpointName: 'e-dev',
          live,
          pending: { ...live, version: 7, fence: 1 },
        },
      },
      { name: 'prod', deployment: { model: 'flight-delays', environment: 'prod', endpointName: 'e-prod', live } },
    ];
    const page = await renderModelPage(frame, { ...view, environments });
    expect(textOf(page)).toContain('flight-delays v6 is live in prod');
    expect(textOf(page)).toContain('moving to v7');
    expect(page).toContain(`/reviews/${run.reviewId}`);
  });

  it('says how the first run begins when there is none', async () => {
    const page = await renderModelPage(frame, {
      ...view,
      environments: [{ name: 'prod', deployment: undefined }],
      runs: [],
    });
    expect(textOf(page)).toContain('No run yet. A push to ml/flight-delays');
  });
});

describe('the overview', () => {
  it('leads with what waits for somebody', async () => {
    const parked = sampleRun({ status: 'parked', pipelineId: 9 });
    const page = await renderOverviewPage(frame, {
      environments: ['dev'],
      models: [{ model: 'flight-delays', deployments: [], runs: [run, parked] }],
    });
    expect(textOf(page)).toContain('1 model: 1 version waits for a steward, 1 run is parked');
    expect(page).toContain(`/reviews/${run.reviewId}`);
    expect(page).toContain(`/runs/${parked.runId}`);
  });

  it('says whom to ask when there is nothing to see', async () => {
    expect(textOf(await renderOverviewPage(frame, { environments: [], models: [] }))).toContain(
      'Ask the owner of one of these groups',
    );
  });
});

describe('the pages for those who are signed out or lost', () => {
  const signedOut = { stage: 'test', now: NOW };

  it('sign-in carries the way back as one parameter', async () => {
    const page = await renderSignInPage(signedOut, { returnTo: '/runs/1?x="&y' });
    expect(page).toContain('href="/auth/login?returnTo=%2Fruns%2F1%3Fx%3D%22%26y"');
  });

  it('a message is shown as text', async () => {
    expect(await renderMessagePage(signedOut, { title: HOSTILE, sentence: HOSTILE })).not.toContain('<script');
  });
});
