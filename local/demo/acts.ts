import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '../../shared/domain/run.ts';
import { people } from '../world/people.ts';
import { projectRoot } from '../world/project-root.ts';
import type { World } from '../world/world.ts';
import { WorldError } from '../world/world-error.ts';
import { browserSession } from './browser-session.ts';
import type { Clone } from './clone.ts';
import type { Outcome } from './outcome-table.ts';
import { MODEL, type Stage } from './stage.ts';

/** What one act needs: the world, what can be seen of it, a working copy, and somebody to tell. */
export type Scene = {
  world: Pick<World, 'environment' | 'urls'>;
  stage: Stage;
  clone: Clone;
  say: (line: string) => void;
};

/** Decides as the steward would: opens the mailed link, signs in, reads the page, posts its form. */
type Decide = (link: string, run: Run) => Promise<void>;

export type ProdAnswer = { endpointName: string; version: number; answer: string };

/** Asks the prod endpoint for the first golden flight, and says which version answers. */
export async function askProd({ stage }: Scene): Promise<ProdAnswer> {
  const prod = (await stage.deployments()).find(({ environment }) => environment === 'prod');
  if (!prod?.live) throw new WorldError('Nothing is live in prod.');
  const [golden = '{}'] = (await readFile(join(projectRoot, 'ml', MODEL, 'golden.jsonl'), 'utf8')).split('\n');
  const { body } = JSON.parse(golden) as { body: string };
  return {
    endpointName: prod.endpointName,
    version: prod.live.version,
    answer: await stage.invoke(prod.endpointName, body),
  };
}

/** A good commit goes all the way: trained, judged, registered, approved, live in dev, qa and prod. */
export async function goodCommit(scene: Scene, decide: Decide): Promise<Outcome> {
  const { stage, clone, say } = scene;
  await clone.replace('pipeline.json', '"max_iter": "100"', '"max_iter": "110"');
  const run = await pushAndWaitForReview(scene, 'Let the model learn a little longer');
  await decide(await stage.reviewLink(run), run);
  await stage.runUntil(run.runId, ['live'], say);
  const outcome = await stage.outcome(run.runId);
  expect(
    outcome.liveIn.length === run.environments.length,
    `The run is live, but only in ${outcome.liveIn.join(', ')}.`,
  );
  return outcome;
}

/** A bad commit is stopped by the gates and goes back with its numbers; prod doesn't notice. */
export async function badCommit(scene: Scene, before: ProdAnswer): Promise<Outcome> {
  const { stage, clone, say } = scene;
  await clone.replace(
    'features.py',
    'EXCLUDED: tuple[str, ...] = ()',
    'EXCLUDED: tuple[str, ...] = (*WEATHER, "recent_delay")',
  );
  const sha = await clone.push('Simplify: do without weather and recent delays');
  say(`pushed ${sha.slice(0, 8)}`);
  const runId = await stage.runOf(sha, say);
  await stage.runUntil(runId, ['routed-back'], say);
  await expectRoutedBack(scene, sha, runId, '≥ 0.70');
  await expectSameAnswer(scene, before);
  await clone.replace(
    'features.py',
    'EXCLUDED: tuple[str, ...] = (*WEATHER, "recent_delay")',
    'EXCLUDED: tuple[str, ...] = ()',
  );
  return stage.outcome(runId);
}

/** A commit that passes the gates and that the steward rejects, with a reason. */
export async function deniedCommit(scene: Scene, before: ProdAnswer): Promise<Outcome> {
  const { stage, clone, say } = scene;
  await clone.replace('pipeline.json', '"max_iter": "110"', '"max_iter": "95"');
  const run = await pushAndWaitForReview(scene, 'Let the model learn a little shorter');
  const reason = 'The timetable changes next week: train on the new one first.';
  await decideAs(people.steward2.username, scene, { outcome: 'rejected', reason, code: 'timing' })(
    await stage.reviewLink(run),
    run,
  );
  await stage.runUntil(run.runId, ['routed-back'], say);
  await expectRoutedBack(scene, run.commit, run.runId, reason);
  await expectSameAnswer(scene, before);
  return stage.outcome(run.runId);
}

/** The real HTTP path: the link of the mail, OpenID Connect at GitLab, the page, its form. */
export function decideAs(
  username: string,
  { say }: Pick<Scene, 'say'>,
  fields: { outcome: 'approved' | 'rejected'; reason: string; code?: string },
): Decide {
  return async (link) => {
    const browser = browserSession();
    const page = await browser.openSignedIn(link, username);
    const receipt = await browser.submit(page, '/decision', fields);
    const done = fields.outcome;
    expect(
      receipt.status === 200 && receipt.html.includes(done),
      `${username} posted the decision, but the page that came back (status ${receipt.status}, ${receipt.url}) does not say "${done}".`,
    );
    say(`${username} ${done} it`);
  };
}

/** Pushes what the working copy holds and follows its run until a steward is asked. */
export async function pushAndWaitForReview({ stage, clone, say }: Scene, message: string): Promise<Run> {
  const sha = await clone.push(message);
  say(`pushed ${sha.slice(0, 8)}`);
  const runId = await stage.runOf(sha, say);
  return stage.runUntil(runId, ['awaiting-approval'], say);
}

async function expectRoutedBack({ stage, world }: Scene, sha: string, runId: string, evidence: string): Promise<void> {
  const status = await stage.gitlab.statusOf(sha);
  expect(
    status?.status === 'failed',
    `The commit status of ${sha.slice(0, 8)} should be failed and is ${status?.status ?? 'missing'}.`,
  );
  const issue = (await stage.gitlab.issues()).find(({ description }) => description.includes(runId));
  expect(issue !== undefined, `No GitLab issue tells the data scientist about run ${runId} (${world.urls.gitlab}).`);
  expect(issue?.confidential === true, `The issue ${issue?.web_url} should be confidential.`);
  expect(issue?.description.includes(evidence) === true, `The issue ${issue?.web_url} should hold "${evidence}".`);
}

async function expectSameAnswer(scene: Scene, before: ProdAnswer): Promise<void> {
  const now = await askProd(scene);
  expect(
    now.version === before.version && now.answer === before.answer,
    `prod should still answer with v${before.version} (${before.answer}), and answers with v${now.version} (${now.answer}).`,
  );
  scene.say(`prod still answers with v${now.version}`);
}

export function expect(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new WorldError(sentence);
}
