import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decideAs, pushAndWaitForReview, type Scene } from '../../local/demo/acts.ts';
import { cloneProject } from '../../local/demo/clone.ts';
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
import { countMessages } from './count-messages.ts';

const TABLE = 'mlops-local';

/** The world as one file of tests sees it: a working copy of the data scientist, and the control plane's own records. */
export type E2eScene = Scene & {
  openedAt: string;
  /** Messages in the dead-letter queues when the scene was opened. */
  deadLettersBefore: number;
  runs: Runs;
  reviews: Reviews;
  table: Table;
  /** The sample as it was at first, with a number of iterations that tells it from those before: a candidate that passes. */
  prepareCandidate: () => Promise<void>;
  /** Gives main back the files that it had at first. */
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
  const runs = dynamodbRuns({ table: TABLE, bus: eventbridgeBus({ bus: TABLE }) });
  const [newest] = await runs.listByModel(MODEL, 1);
  let prepared = 0;
  return {
    openedAt: new Date().toISOString(),
    deadLettersBefore: (await countMessages()).dead,
    world: { environment, urls },
    stage: stageOf({ environment, urls }),
    clone,
    say: () => {},
    runs,
    reviews: dynamodbReviews({ table: TABLE }),
    table: openTable(TABLE),
    async prepareCandidate() {
      await clone.beginAnew();
      const number = iterations(newest?.sequence ?? 0, prepared);
      prepared += 1;
      await clone.edit('pipeline.json', (text) => text.replace('"max_iter": "100"', `"max_iter": "${number}"`));
      // The demo's three commits go through all of CI; the others need of it what makes a run.
      await clone.edit(
        '.gitlab-ci.yml',
        (text) => `${text}\nlint: { rules: [{ when: never }] }\ntest: { rules: [{ when: never }] }\n`,
      );
    },
    async close() {
      await clone.beginAnew();
      await clone.pushWithoutPipeline('Take the experiments back');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The demo's commits stay below the first; a model with more iterations than the last would begin to learn by heart. */
const FIRST = 111;
const LAST = 150;

/** Each candidate of the model has another number; `count` counts those that one file of tests prepares. */
function iterations(sequence: number, count: number): number {
  return FIRST + ((sequence + count) % (LAST - FIRST));
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
