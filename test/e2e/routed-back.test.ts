import { pushAndWaitForReview } from '../../local/demo/acts.ts';
import { poll } from '../../local/demo/poll.ts';
import { sweepNow } from './disturb-aws.ts';
import { expectSoundWorld } from './expect-sound-world.ts';
import { expectToldBack, whatAnswers } from './expect-told-back.ts';
import { approve, type E2eScene, ensureLive, openScene } from './open-scene.ts';

let scene: E2eScene;

beforeAll(async () => {
  scene = await openScene();
  await ensureLive(scene);
}, 240_000);
afterAll(() => scene?.close());

/** A candidate whose script has this in place of its number of decimals; `SAGEMAKER_PROGRAM` is set where it serves alone. */
async function prepareCandidateWith(decimals: string): Promise<void> {
  await scene.prepareCandidate();
  await scene.clone.replace('inference.py', 'import json\n', 'import json\nimport os\n');
  await scene.clone.replace('inference.py', 'SCORE_DECIMALS = 6\n', decimals);
}

describe('a version that nobody decides about in time', () => {
  it('expires at the next sweep, goes back to its author and is never approved', async () => {
    const { stage, clone, runs, say } = scene;
    const before = await whatAnswers(scene);
    await scene.prepareCandidate();
    await clone.replace('mlops.yaml', 'expiresAfter: P3D', 'expiresAfter: PT1S');
    const runId = await stage.runOf(await clone.push('Decide within a second'), say);
    const run = await poll('The expiry', async () => {
      const now = await runs.get(runId);
      if (now.status === 'awaiting-approval') await sweepNow();
      return now.status === 'routed-back' ? now : undefined;
    });
    const review = await scene.reviews.find(run.reviewId ?? '');
    expect({ review: review?.status, decision: review?.decision, approval: run.approval }).toEqual({
      review: 'expired',
    });
    await expectToldBack(scene, run, [/nobody decided|expired|in time/i]);
    expect(await whatAnswers(scene)).toEqual(before);
  }, 240_000);
});

describe('a version that answers differently where it serves', () => {
  it('fails its smoke test, and dev and prod go on answering with the former version', async () => {
    const { stage, say } = scene;
    const before = await whatAnswers(scene);
    await prepareCandidateWith('SCORE_DECIMALS = 1 if "SAGEMAKER_PROGRAM" in os.environ else 6\n');
    const waiting = await pushAndWaitForReview(scene, 'Answer shorter where it serves');
    await approve(scene, waiting);
    const run = await stage.runUntil(waiting.runId, ['routed-back'], say);
    await expectToldBack(scene, run, [
      /Golden input 1: .*\d\.\d{4,}.*\d\.\d\b/,
      /dev answered \d+ of 20 golden inputs differently/,
    ]);
    const { events } = await stage.outcome(run.runId);
    expect(events.filter(({ environment }) => environment !== undefined && environment !== 'dev')).toEqual([]);
    expect(events.map(({ type }) => type)).toContain('endpoint-restored');
    expect(await whatAnswers(scene)).toEqual(before);
  }, 240_000);
});

describe('a version that does not come up where it serves', () => {
  it('is rolled back by SageMaker itself, whose reason its author gets, and dev and prod answer as before', async () => {
    const { stage, say } = scene;
    const before = await whatAnswers(scene);
    const refusal = 'if "SAGEMAKER_PROGRAM" in os.environ:\n    raise RuntimeError("not where it serves")\n';
    await prepareCandidateWith(`SCORE_DECIMALS = 6\n${refusal}`);
    const waiting = await pushAndWaitForReview(scene, 'Refuse to serve');
    await approve(scene, waiting);
    const run = await stage.runUntil(waiting.runId, ['routed-back'], say);
    await expectToldBack(scene, run, [/went back to its former configuration: .* did not pass the ping health check/]);
    expect(await whatAnswers(scene)).toEqual(before);
  }, 240_000);
});

describe('what went back', () => {
  it('leaves a sound world', () => expectSoundWorld(scene), 240_000);
});
