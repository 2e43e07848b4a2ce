import { people } from '../../local/world/people.ts';
import { askProd, badCommit, decideAs, deniedCommit, goodCommit, type ProdAnswer } from '../../local/demo/acts.ts';
import { type E2eScene, openScene } from './open-scene.ts';

let scene: E2eScene;
let prod: ProdAnswer;

beforeAll(async () => {
  scene = await openScene();
  const t0 = Date.now();
  scene.say = (l) => process.stderr.write(`${((Date.now() - t0) / 1000).toFixed(1)} ${l}\n`);
});
afterAll(() => scene.close());

it('takes a good commit live', async () => {
  const approve = { outcome: 'approved', reason: 'Every gate passed.' } as const;
  const o = await goodCommit(scene, decideAs(people.steward1.username, scene, approve));
  for (const e of o.events) process.stderr.write(`${e.at} ${e.key} ${e.summary}\n`);
  prod = await askProd(scene);
}, 120_000);
it('bad', async () => { await badCommit(scene, prod); }, 120_000);
it('denied', async () => { await deniedCommit(scene, prod); }, 120_000);
