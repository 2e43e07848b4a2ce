import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { askProd, pushAndWaitForReview } from '../../local/demo/acts.ts';
import { browserSession } from '../../local/demo/browser-session.ts';
import { poll } from '../../local/demo/poll.ts';
import { people } from '../../local/world/people.ts';
import { stateFolderAt } from '../../local/world/state-folder.ts';
import type { Run } from '../../shared/domain/run.ts';
import { worldVariable } from '../harness/world.ts';
import { expectSoundWorld } from './expect-sound-world.ts';
import { trainingsOf } from './list-executions.ts';
import { approve, type E2eScene, ensureLive, openScene } from './open-scene.ts';

const Mails = z.array(z.object({ to: z.string(), subject: z.string(), text: z.string() }));
/** Read by the local SageMaker at each request. */
const quotas = () => join(stateFolderAt(worldVariable('MLOPS_TEST_WORLD')).partState('sagemaker'), 'quotas.json');
const LARGER = 'ml.m5.xlarge';

let scene: E2eScene;
let run: Run;

beforeAll(async () => {
  scene = await openScene();
  await ensureLive(scene);
}, 240_000);
afterAll(async () => {
  await rm(quotas(), { force: true });
  await scene?.close();
});

describe('a version whose instances SageMaker refuses', () => {
  it('parks before prod: on-call is told, no issue is opened, and prod answers as before', async () => {
    const before = await askProd(scene);
    await scene.prepareCandidate();
    await scene.clone.edit('mlops.yaml', (text) =>
      text.replace('  instanceType: ml.m5.large', `  instanceType: ${LARGER}`),
    );
    await writeFile(quotas(), JSON.stringify({ [`${LARGER} for endpoint usage`]: 0 }));
    const waiting = await pushAndWaitForReview(scene, 'Serve from larger instances');
    await approve(scene, waiting);
    run = await scene.stage.runUntil(waiting.runId, ['parked'], scene.say);
    expect(run.reasons.join('\n')).toContain(`${LARGER} for endpoint usage`);
    const { liveIn } = await scene.stage.outcome(run.runId);
    expect(liveIn).toEqual(['dev', 'qa']);
    expect(await askProd(scene)).toEqual(before);

    const mail = await poll('A mail to on-call', mailToOnCall);
    expect(mail.text).toContain(`${LARGER} for endpoint usage`);
    expect((await scene.stage.gitlab.issues()).filter(({ description }) => description.includes(run.runId))).toEqual(
      [],
    );
    expect((await scene.stage.gitlab.statusOf(run.commit))?.status).toBe('running');
  }, 240_000);

  it('is not retried by somebody who is no Maintainer of the project', async () => {
    const page = await browserSession().openSignedIn(runPage(), people.steward1.username);
    expect(page.status).toBe(200);
    expect(page.html).not.toContain(`/runs/${run.runId}/retry`);
  });

  it('goes live when a Maintainer presses retry, without being trained, registered or reviewed again', async () => {
    await rm(quotas());
    const browser = browserSession();
    const page = await browser.openSignedIn(runPage(), people.dataScientist.username);
    const receipt = await browser.submit(page, `/runs/${run.runId}/retry`, {});
    expect([receipt.status, receipt.url]).toEqual([200, runPage()]);
    run = await scene.stage.runUntil(run.runId, ['live'], scene.say);
    expect(run.attempt).toBe(2);

    const { liveIn, events } = await scene.stage.outcome(run.runId);
    expect(liveIn).toEqual(['dev', 'qa', 'prod']);
    const once = [
      'training-started',
      'version-registered',
      'approval-requested',
      'approval-decided',
      'run-parked',
      'run-retried',
    ];
    for (const type of once) expect([type, events.filter((event) => event.type === type).length]).toEqual([type, 1]);
    expect(events.find(({ type }) => type === 'run-retried')?.actor).toContain(people.dataScientist.username);
    expect(await trainingsOf(run.runId, run.training?.pipelineExecutionArn ?? '')).toHaveLength(1);
    expect((await askProd(scene)).version).toBe(run.registered?.version);
  }, 240_000);

  it('leaves a sound world', () => expectSoundWorld(scene), 240_000);
});

const runPage = (): string => `${scene.world.urls.web}/runs/${run.runId}`;

async function mailToOnCall() {
  const mails = Mails.parse(await (await fetch(`${scene.world.urls.inbox}/api/mails`)).json());
  return mails.find(({ to, text }) => to === 'ml-on-call' && text.includes(run.runId));
}
