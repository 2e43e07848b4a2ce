import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scene } from '../../local/demo/acts.ts';
import { cloneProject } from '../../local/demo/clone.ts';
import { stageOf } from '../../local/demo/stage.ts';
import { worldUrls } from '../../local/world/environment.ts';
import { people } from '../../local/world/people.ts';
import { testCredentials, testWorld, worldVariable } from '../harness/world.ts';

/** The world as one test sees it: a fresh working copy of the data scientist, and what can be looked at. `say` is silent. */
export type E2eScene = Scene & { close: () => Promise<void> };

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
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
