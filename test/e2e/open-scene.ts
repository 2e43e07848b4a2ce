import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decideAs, pushAndWaitForReview, type Scene } from '../../local/demo/acts.ts';
import { type Clone, cloneProject } from '../../local/demo/clone.ts';
import { MODEL, stageOf } from '../../local/demo/stage.ts';
import { worldUrls } from '../../local/world/environment.ts';
import { people } from '../../local/world/people.ts';
import { dynamodbReviews } from '../../shared/adapters/dynamodb/reviews.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { openTable, type Table } from '../../shared/adapters/dynamodb/table.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { Reviews } from '../../shared/ports/reviews.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { testCredentials, testWorld, worldVariable } from '../harness/world.ts';

const TABLE = 'mlops-local';

/** The world as one file of tests sees it: a working copy of the data scientist, and the control plane's own records. */
export type E2eScene = Scene & {
  runs: Runs;
  reviews: Reviews;
  table: Table;
  /** The sample as it was at first, with a number of iterations that no commit had before it: a candidate that passes. */
  prepareCandidate: () => Promise<void>;
  close: () => Promise<void>;
};

export async function openScene(): Promise<E2eScene> {
  const { environment, ports } = testWorld();
  const urls = worldUrls(ports);
  const folder = await mkdtemp(join(tmpdir(), 'mlops-e2e-'));
  const clone = await cloneProject({
    url: `${urls.gitlab}/${worldVariable('GITLAB_PROJECT')}.git`,
    token: testCredentials().accessTokens.dataScientist ?? '',
    author: people.dataScientist,
    folder,
  });
  return {
    world: { environment, urls },
    stage: stageOf({ environment, urls }),
    clone,
    say: () => {},
    runs: dynamodbRuns({ table: TABLE, bus: eventbridgeBus({ bus: TABLE }) }),
    reviews: dynamodbReviews({ table: TABLE }),
    table: openTable(TABLE),
    prepareCandidate: () => prepareCandidate(clone),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

const ITERATIONS = /"max_iter": "(\d+)"/;
/** The demo's commits stay below the first; above the last the model would begin to learn by heart. */
const FIRST = 111;
const LAST = 150;

async function prepareCandidate(clone: Clone): Promise<void> {
  let former = 0;
  await clone.edit('pipeline.json', (text) => {
    former = Number(ITERATIONS.exec(text)?.[1]);
    return text;
  });
  await clone.beginAnew();
  const next = former < FIRST || former >= LAST ? FIRST : former + 1;
  await clone.edit('pipeline.json', (text) => text.replace(ITERATIONS, `"max_iter": "${next}"`));
}

export async function approve(scene: Scene, run: Run): Promise<void> {
  const fields = { outcome: 'approved', reason: 'Every gate passed.' } as const;
  await decideAs(people.steward1.username, scene, fields)(await scene.stage.reviewLink(run), run);
}

/** Makes sure that some version is live in prod. */
export async function ensureLive(scene: E2eScene): Promise<void> {
  const prod = (await scene.stage.deployments()).find(({ environment }) => environment === 'prod');
  if (prod?.live !== undefined) return;
  await scene.prepareCandidate();
  const run = await pushAndWaitForReview(scene, 'Give the tests a version to stand on');
  await approve(scene, run);
  await scene.stage.runUntil(run.runId, ['live'], scene.say);
}

export async function newestRuns({ runs }: Pick<E2eScene, 'runs'>): Promise<Run[]> {
  return runs.listByModel(MODEL, 200);
}
