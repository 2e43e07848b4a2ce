import { askProd, badCommit, decideAs, deniedCommit, goodCommit, type ProdAnswer } from '../../local/demo/acts.ts';
import { people } from '../../local/world/people.ts';
import { expectSoundWorld } from './expect-sound-world.ts';
import { type E2eScene, openScene } from './open-scene.ts';

const ALL = ['dev', 'qa', 'prod'];
let scene: E2eScene;
let prod: ProdAnswer;

beforeAll(async () => {
  scene = await openScene();
  await scene.clone.beginAnew();
});
afterAll(() => scene?.close());

describe('the three commits of the demo', () => {
  it('a good one is approved by a steward and answers in dev, qa and prod', async () => {
    const approved = { outcome: 'approved', reason: 'Every gate passed.' } as const;
    const { run, liveIn } = await goodCommit(scene, decideAs(people.steward1.username, scene, approved));
    expect({ status: run.status, liveIn }).toEqual({ status: 'live', liveIn: ALL });
    prod = await askProd(scene);
    expect(prod.version).toBe(run.registered?.version);
    expect(JSON.parse(prod.answer)).toEqual({
      predictions: [{ score: expect.any(Number), late: expect.any(Boolean) }],
    });
    expect((await scene.stage.gitlab.statusOf(run.commit))?.status).toBe('success');
  }, 240_000);

  it('a worse one is stopped by the gates and goes back with its numbers, and prod answers as before', async () => {
    const { run, liveIn } = await badCommit(scene, prod);
    expect({ status: run.status, registered: run.registered, liveIn }).toEqual({ status: 'routed-back', liveIn: [] });
  }, 240_000);

  it('one that the steward rejects goes back with her reason, and prod answers as before', async () => {
    const { run, liveIn } = await deniedCommit(scene, prod);
    expect({ status: run.status, approval: run.approval, liveIn }).toEqual({ status: 'routed-back', liveIn: [] });
  }, 240_000);

  it('leave a sound world', () => expectSoundWorld(scene), 240_000);
});
