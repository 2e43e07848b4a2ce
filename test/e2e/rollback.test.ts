import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { askProd, pushAndWaitForReview } from '../../local/demo/acts.ts';
import { browserSession } from '../../local/demo/browser-session.ts';
import { poll } from '../../local/demo/poll.ts';
import { MODEL } from '../../local/demo/stage.ts';
import { people } from '../../local/world/people.ts';
import { sha256Hex } from '../../shared/domain/canonical-json.ts';
import type { Deployment } from '../../shared/domain/deployment.ts';
import type { Run } from '../../shared/domain/run.ts';
import { testCredentials } from '../harness/world.ts';
import { runMlops } from '../unit/cli/terminal.ts';
import { ageWait, loseEventsOf, sweepNow } from './disturb-aws.ts';
import { expectSoundWorld } from './expect-sound-world.ts';
import { approve, type E2eScene, ensureLive, openScene } from './open-scene.ts';

const Mails = z.array(z.object({ subject: z.string(), text: z.string() }));
const REASON = 'The 14.4× burn alarm: <b>half</b> of the answers are late.';

let scene: E2eScene;
let bad: number;
let good: number;
let blocked: Run;

beforeAll(async () => {
  scene = await openScene();
  await ensureLive(scene);
  if ((await prod()).former === undefined) {
    const run = await pushApproved('Give the tests a second version to stand on');
    await scene.stage.runUntil(run.runId, ['live'], scene.say);
  }
  const { live, former } = await prod();
  [bad, good] = [live?.version ?? 0, former?.version ?? 0];
}, 240_000);
afterAll(() => scene?.close());

describe('a version that was found bad in prod', () => {
  it('serves on where the former one does not answer as it had: the command says so, and on-call hears of it', async () => {
    const { live, former } = await prod();
    const giveBack = await expectOtherAnswers(former?.runId ?? '');
    const { exitCode, error } = await mlops('rollback', 'The former version will not do either.').finally(giveBack);
    expect(exitCode).toBe(1);
    expect(error.at(-1)).toMatch(/prod answered \d+ of 20 golden inputs differently/);
    expect(await prod()).toMatchObject({ live, former, rollback: { status: 'failed' } });
    expect(await prod()).not.toHaveProperty('pending');
    expect((await askProd(scene)).version).toBe(bad);
    await poll('A mail to on-call', async () =>
      (await mails()).find(({ subject }) => subject.startsWith('[rollback failed]')),
    );
    expect((await mlops('release', 'Nothing has moved.')).exitCode).toBe(0);
  }, 240_000);

  it('is rolled back by one command, which follows it to its end though SageMaker’s event is lost', async () => {
    const stopLosing = await loseEventsOf('settleEndpoint');
    const command = mlops('rollback', REASON);
    try {
      const move = await poll('The endpoint on its way back', async () => (await prod()).pending?.move);
      await poll('The end of the move', async () =>
        ageWait(scene.table, move.subject).then(
          () => true,
          () => undefined,
        ),
      );
      await poll('The sweep that finds it', async () => {
        await sweepNow();
        return (await prod()).pending === undefined ? true : undefined;
      });
    } finally {
      await stopLosing();
    }
    const { exitCode, out, error } = await command;
    expect({ exitCode, error: error[0], out: out[0] }).toEqual({
      exitCode: 0,
      error: `${MODEL} in prod goes back from version ${bad} to version ${good}.`,
      out: `${MODEL} in prod serves version ${good} again; version ${bad} is out.`,
    });
    expect((await askProd(scene)).version).toBe(good);
    expect([...out, ...error].join()).not.toContain(token());
  }, 240_000);

  it('is on record with who and why, in both timelines, in GitLab and in on-call’s inbox', async () => {
    const { live, rolledBack, hold } = await prod();
    expect(hold).toMatchObject({
      by: { username: people.dataScientist.username },
      reason: REASON,
      from: bad,
      to: good,
    });
    for (const runId of [live?.runId ?? '', rolledBack?.runId ?? '']) {
      const told = await poll('The rollback in the timeline', async () => {
        const { events } = await scene.stage.outcome(runId);
        return events.findLast(({ type }) => type === 'endpoint-rolled-back');
      });
      expect(told.actor).toContain(people.dataScientist.username);
    }
    const { events } = await scene.stage.outcome(live?.runId ?? '');
    expect(events.findLast(({ type }) => type === 'smoke-test-finished')?.detail).toMatchObject({ outcome: 'passed' });
    const mail = await poll('A mail to on-call', async () =>
      (await mails()).find(({ subject, text }) => subject.startsWith('[rolled back]') && text.includes(REASON)),
    );
    expect(mail.text).toContain('npm run -s mlops -- release');
  }, 240_000);

  it('is told to whoever asks again, and nothing moves', async () => {
    const again = await mlops('rollback', 'Once more.');
    expect(again.exitCode).toBe(0);
    expect(again.error[0]).toContain('Nothing to do');
    expect((await prod()).rollback?.reason).toBe(REASON);
  });
});

describe('the version that comes next', () => {
  it('parks before the held environment and says who holds it, why, and what to do', async () => {
    const run = await pushApproved('Mend what was late');
    blocked = await scene.stage.runUntil(run.runId, ['parked'], scene.say);
    expect(blocked.reasons[0]).toContain(people.dataScientist.name);
    expect(blocked.reasons[0]).toContain(REASON);
    expect(blocked.reasons[0]).toContain(`release --model ${MODEL} --environment prod`);
    expect((await scene.stage.outcome(run.runId)).liveIn).toEqual(['dev', 'qa']);
    expect((await askProd(scene)).version).toBe(good);
  }, 240_000);

  it('goes live after on-call released the environment on its page, and a Maintainer retried it', async () => {
    const browser = browserSession();
    const endpoint = `${scene.world.urls.web}/models/${MODEL}/environments/prod`;
    const page = await browser.openSignedIn(endpoint, people.onCall.username);
    expect(page.html).toContain('&lt;b&gt;half&lt;/b&gt;');
    const receipt = await browser.submit(page, '/release', { reason: 'The new version is tested in qa.' });
    expect([receipt.status, receipt.url]).toEqual([200, endpoint]);
    expect((await prod()).hold).toBeUndefined();
    expect((await mlops('release', 'Again.')).out[0]).toContain('Nothing to do');

    const maintainer = browserSession();
    const runPage = `${scene.world.urls.web}/runs/${blocked.runId}`;
    await maintainer.submit(
      await maintainer.openSignedIn(runPage, people.dataScientist.username),
      `/runs/${blocked.runId}/retry`,
      {},
    );
    await scene.stage.runUntil(blocked.runId, ['live'], scene.say);
    expect(await prod()).toMatchObject({ live: { runId: blocked.runId }, former: { version: good } });
    expect((await prod()).rolledBack).toBeUndefined();
  }, 240_000);

  it('leaves a sound world', () => expectSoundWorld(scene), 240_000);
});

async function pushApproved(message: string): Promise<Run> {
  await scene.prepareCandidate();
  const run = await pushAndWaitForReview(scene, message);
  await approve(scene, run);
  return run;
}

async function prod(): Promise<Deployment> {
  const found = (await scene.stage.deployments()).find(({ environment }) => environment === 'prod');
  if (found === undefined) throw new Error('nothing was ever rolled out to prod');
  return found;
}

async function mails() {
  return Mails.parse(await (await fetch(`${scene.world.urls.inbox}/api/mails`)).json());
}

/** Has a run's endpoint be tested against answers that it never gave; the answer takes that back. */
async function expectOtherAnswers(runId: string): Promise<() => Promise<void>> {
  const key = { pk: `RUN#${runId}`, sk: 'RUN' };
  const { registered } = await scene.runs.get(runId);
  if (registered === undefined) throw new Error('a version that is live is registered');
  const { uri, versionId } = registered.goldenAnswers;
  const { host: Bucket, pathname } = new URL(uri);
  const place = { Bucket, Key: pathname.slice(1) };
  const s3 = new S3Client({ forcePathStyle: true });
  const { Body } = await s3.send(new GetObjectCommand({ ...place, VersionId: versionId }));
  const answers = (await Body?.transformToString()) ?? '';
  const others = answers.replaceAll(/(score\\?": ?)[\d.]+/g, (_, name: string) => `${name}0.987654`);
  expect(others).not.toBe(answers);
  const { VersionId } = await s3.send(new PutObjectCommand({ ...place, Body: others }));
  const point = (goldenAnswers: object) =>
    scene.table.update(key, {
      update: 'SET entity.registered.goldenAnswers = :answers',
      condition: 'attribute_exists(pk)',
      values: { ':answers': goldenAnswers },
    });
  await point({ uri, versionId: VersionId, sha256: sha256Hex(Buffer.from(others)) });
  return async () => void (await point(registered.goldenAnswers));
}

const token = (): string => testCredentials().accessTokens.dataScientist ?? '';

function mlops(command: 'rollback' | 'release', reason: string) {
  return runMlops([command, '--model', MODEL, '--environment', 'prod', '--reason', reason], {
    env: { MLOPS_URL: scene.world.urls.web, GITLAB_TOKEN: token() },
  });
}
