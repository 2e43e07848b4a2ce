import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decideAs } from '../../../local/demo/acts.ts';
import { browserSession } from '../../../local/demo/browser-session.ts';
import { people } from '../../../local/world/people.ts';
import { stateFolderAt } from '../../../local/world/state-folder.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { worldVariable } from '../../harness/world.ts';
import { type Author, authorAtWork } from './author.ts';
import { onlooker } from './onlooker.ts';
import { refusePermission } from './refused-permission.ts';
import { dataFolder, SCARCE_INSTANCE, tinyRepository } from './tiny-repository.ts';

const world = onlooker();
const quotas = join(stateFolderAt(worldVariable('MLOPS_TEST_WORLD')).partState('sagemaker'), 'quotas.json');
const runPage = ({ runId }: Run) => `${world.urls.web}/runs/${runId}`;

let author: Author;
beforeAll(async () => {
  author = await authorAtWork();
  await world.overwrite(`${dataFolder()}flights.csv`, '1,2\n');
}, 240_000);
afterAll(async () => {
  await rm(quotas, { force: true });
  await author.leave();
  await world.takeDataBack();
});

/** Opens the run's page as a Maintainer of the project and presses its button. */
async function retry(run: Run): Promise<void> {
  const browser = browserSession();
  const page = await browser.openSignedIn(runPage(run), people.dataScientist.username);
  expect((await browser.submit(page, '/retry', {})).status).toBe(200);
}

async function expectParked(run: Run, cause: string): Promise<void> {
  expect(run.reasons.join(' ')).toContain(cause);
  const mail = await world.mailAbout(run, 'ml-on-call');
  expect(mail.subject).toContain('[parked] flight-delays');
  expect(mail.text).toContain(cause);
  expect(mail.text).toContain(runPage(run));
  expect(await world.issueOf(run)).toBeUndefined();
  expect(await world.stage.gitlab.statusOf(run.commit)).toMatchObject({ status: 'running' });
}

async function expectBlocked(run: Run, reason: RegExp): Promise<void> {
  expect(run.reasons.join(' ')).toMatch(reason);
  expect(await world.issueOf(run)).toMatchObject({ confidential: true, web_url: run.issueUrl });
  expect(await world.stage.gitlab.statusOf(run.commit)).toMatchObject({ status: 'failed' });
}

describe('a run that SageMaker has no capacity for', () => {
  let run: Run;

  it('is parked: on-call hears of it, its author gets no issue', async () => {
    await writeFile(quotas, JSON.stringify({ [`${SCARCE_INSTANCE} for training job usage`]: 0 }));
    const sha = await author.push('Train on a large machine', tinyRepository({}, { instanceType: SCARCE_INSTANCE }));
    run = await world.runUntil(await world.runOf(sha), 'parked');
    await expectParked(
      run,
      `The account-level service limit '${SCARCE_INSTANCE} for training job usage' is 0 Instances`,
    );
  }, 240_000);

  it('shows its button to a Maintainer only', async () => {
    const page = await browserSession().openSignedIn(runPage(run), people.onCall.username);
    expect(page.status).toBe(200);
    expect(page.html).not.toContain('/retry"');
  });

  it('goes on to its review when a Maintainer lets it', async () => {
    await rm(quotas);
    await retry(run);
    run = await world.runUntil(run.runId, 'awaiting-approval');
    expect(run).toMatchObject({ attempt: 2, training: { number: 2 } });
    const { events } = await world.stage.outcome(run.runId);
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['run-parked', 'run-retried']));
    expect(events.find(({ type }) => type === 'run-retried')?.actor).toContain(people.dataScientist.username);
  }, 240_000);

  it('is blocked before anything is created when its artifact was changed after the gates, though approved', async () => {
    const before = await world.hostingNames();
    await world.overwrite(run.registered?.artifactUri ?? '', 'other bytes');
    const approve = { outcome: 'approved', reason: 'The numbers are good.' } as const;
    await decideAs(people.steward1.username, { say: world.silent }, approve)(await world.stage.reviewLink(run), run);
    run = await world.runUntil(run.runId, 'routed-back');
    await expectBlocked(run, /The bytes at s3:\/\/\S+\/approved\/\S+ are not those that were approved/);
    expect(await world.hostingNames()).toEqual(before);
    const { liveIn } = await world.stage.outcome(run.runId);
    expect(liveIn).toEqual([]);
  }, 240_000);
});

describe('a run that the platform may not train', () => {
  let run: Run;

  it('is parked with the permission that is missing', async () => {
    const giveBack = await refusePermission('startTraining', 'sagemaker:StartPipelineExecution');
    try {
      const sha = await author.push(
        'Train without permission',
        tinyRepository({ 'README.md': `A bundle of its own: ${randomUUID()}\n` }),
      );
      run = await world.runUntil(await world.runOf(sha), 'parked');
    } finally {
      await giveBack();
    }
    await expectParked(run, 'sagemaker:StartPipelineExecution');
  }, 240_000);

  it('is blocked before it trains when its script bundle was changed after acceptance', async () => {
    const before = await world.executionArns();
    await world.overwrite(`${run.codeUri}/train.py`, 'print("other code")');
    await retry(run);
    run = await world.runUntil(run.runId, 'routed-back');
    await expectBlocked(run, /The script bundle below s3:\/\/\S+ is not the one that was accepted: its digest differs/);
    expect(new Set(await world.executionArns())).toEqual(new Set(before));
  }, 240_000);
});
