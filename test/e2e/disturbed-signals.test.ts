import { setTimeout as sleep } from 'node:timers/promises';
import { DescribePipelineExecutionCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { browserSession, type Page } from '../../local/demo/browser-session.ts';
import { poll } from '../../local/demo/poll.ts';
import { people } from '../../local/world/people.ts';
import { subjects } from '../../shared/domain/names.ts';
import type { Run } from '../../shared/domain/run.ts';
import { deliverAgain } from './deliver-again.ts';
import { ageWait, loseEventsOf, sweepNow } from './disturb-aws.ts';
import { doAll } from './do-all.ts';
import { expectSoundWorld } from './expect-sound-world.ts';
import { executionNamesOf, trainingsOf } from './list-executions.ts';
import { type E2eScene, openScene } from './open-scene.ts';

let scene: E2eScene;
let run: Run;
let stopLosing: () => Promise<void> = async () => {};

beforeAll(async () => {
  scene = await openScene();
});
afterAll(async () => {
  await stopLosing();
  await scene?.close();
});

describe('a run whose signals are lost, doubled, reordered and raced', () => {
  it('says that it trains for as long as nobody has heard that SageMaker has ended', async () => {
    const { stage, clone, say } = scene;
    stopLosing = await loseEventsOf('settleTraining');
    await scene.prepareCandidate();
    const runId = await stage.runOf(await clone.push('Train while events get lost'), say);
    const arn = await poll('The training', async () => (await scene.runs.get(runId)).training?.pipelineExecutionArn);
    await poll('The end of the training', async () => ((await pipelineStatus(arn)) === 'Succeeded' ? true : undefined));
    run = await scene.runs.get(runId);
    expect({ status: run.status, finishedAt: run.training?.finishedAt }).toEqual({ status: 'training' });
  }, 240_000);

  it('is still one run, one execution and one training when every webhook comes again, doubled and shuffled', async () => {
    const answers = await deliverAgain(run.pipelineId);
    expect(answers.filter((status) => status !== 202)).toEqual([]);
    expect((await scene.runs.listByModel(run.model, 20)).filter(({ commit }) => commit === run.commit)).toHaveLength(1);
    expect((await executionNamesOf('model-lifecycle')).filter((name) => name.startsWith(run.runId))).toEqual([
      run.runId,
    ]);
    expect(await trainingsOf(run.runId, run.training?.pipelineExecutionArn ?? '')).toHaveLength(1);
    expect((await scene.runs.get(run.runId)).status).toBe('training');
  }, 240_000);

  it('goes on when the sweep asks SageMaker instead', async () => {
    await stopLosing();
    await ageWait(scene.table, subjects.training(run.training?.pipelineExecutionArn ?? ''));
    await poll('The steward being asked', async () => {
      run = await scene.runs.get(run.runId);
      if (run.status === 'awaiting-approval') return true;
      if (run.status === 'training') await sweepNow();
      return undefined;
    });
    expect(run.training?.finishedAt).toBeDefined();
  }, 240_000);

  it('takes one of fifty racing decisions of two stewards, and tells the others who decided', async () => {
    const receipts = await raceDecisions(await scene.stage.reviewLink(run));
    const review = await scene.reviews.find(run.reviewId ?? '');
    const decision = review?.decision;
    const late = receipts.filter(({ status }) => status === 409);
    // Who decided comes late too, where the answer got lost.
    const won = receipts.filter(({ status }) => status === 200);
    expect(won.length + answersLost).toBeGreaterThanOrEqual(1);
    expect(won.length).toBeLessThanOrEqual(1);
    expect(late).toHaveLength(50 - won.length);
    for (const { html } of late) expect(html).toContain(`${decision?.by.name} has ${decision?.outcome} it already`);
    expect(await scene.table.queryPartition(`REVIEW#${run.reviewId}`, 'VOTE#')).toHaveLength(1);
    const ended = await scene.stage.runUntil(
      run.runId,
      [decision?.outcome === 'approved' ? 'live' : 'routed-back'],
      scene.say,
    );
    expect(ended.approval?.decidedBy).toEqual(decision?.outcome === 'approved' ? decision.by : undefined);
    const { events } = await scene.stage.outcome(run.runId);
    expect(events.filter(({ type }) => type === 'approval-decided')).toHaveLength(1);
  }, 240_000);

  it('leaves a sound world', () => expectSoundWorld(scene), 240_000);
});

async function pipelineStatus(PipelineExecutionArn: string): Promise<string | undefined> {
  const described = await new SageMakerClient({}).send(new DescribePipelineExecutionCommand({ PipelineExecutionArn }));
  return described.PipelineExecutionStatus;
}

/** Twenty-five decisions of each steward, approvals and rejections in turn, all at once. */
async function raceDecisions(link: string): Promise<Page[]> {
  const stewards = await Promise.all(
    [people.steward1, people.steward2].map(async ({ username }) => {
      const browser = browserSession();
      return { browser, page: await browser.openSignedIn(link, username) };
    }),
  );
  const posts = Array.from({ length: 25 }, (_, index) =>
    stewards.map(({ browser, page }, steward) => async () => {
      const fields =
        (index + steward) % 2 === 0
          ? { outcome: 'approved', reason: `Approval ${index}` }
          : { outcome: 'rejected', reason: `Rejection ${index}`, code: 'other' };
      return untilLetIn(() => browser.submit(page, '/decision', fields));
    }),
  ).flat();
  return doAll(posts, posts.length);
}

/** Posts that a Lambda took and was too slow to answer: it may have decided. */
let answersLost = 0;

/** The account runs fewer Lambdas at a time than there are posts: whoever is turned away at the door, or waits in vain, comes again. */
async function untilLetIn(post: () => Promise<Page>): Promise<Page> {
  for (;;) {
    const receipt = await post();
    const lost = receipt.status === 502 && /timed out/i.test(receipt.html);
    if (!lost && receipt.status !== 429 && receipt.status !== 503) return receipt;
    if (lost) answersLost += 1;
    await sleep(300);
  }
}
