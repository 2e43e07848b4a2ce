import { pushAndWaitForReview } from '../../local/demo/acts.ts';
import { expectSoundWorld } from './expect-sound-world.ts';
import { expectToldBack, whatAnswers } from './expect-told-back.ts';
import { approve, type E2eScene, ensureLive, openScene } from './open-scene.ts';

let scene: E2eScene;

beforeAll(async () => {
  scene = await openScene();
  await ensureLive(scene);
}, 120_000);
afterAll(() => scene?.close());

describe('a version that does not come up where it serves', () => {
  it('is rolled back by SageMaker itself, whose reason its author gets, and dev and prod answer as before', async () => {
    const { stage, clone, say } = scene;
    const before = await whatAnswers(scene);
    await scene.prepareCandidate();
    await clone.replace('inference.py', 'import json\n', 'import json\nimport os\n');
    await clone.replace(
      'inference.py',
      'SCORE_DECIMALS = 6\n',
      'SCORE_DECIMALS = 6\nif "SAGEMAKER_PROGRAM" in os.environ:\n    raise RuntimeError("not where it serves")\n',
    );
    const waiting = await pushAndWaitForReview(scene, 'Refuse to serve');
    await approve(scene, waiting);
    const run = await stage.runUntil(waiting.runId, ['routed-back'], say);
    await expectToldBack(scene, run, [/went back to its former configuration: .* did not pass the ping health check/]);
    expect(await whatAnswers(scene)).toEqual(before);
  }, 120_000);

  it('leaves a sound world', () => expectSoundWorld(scene), 150_000);
});
