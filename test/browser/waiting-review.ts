import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloneProject } from '../../local/demo/clone.ts';
import { type Stage, stageOf } from '../../local/demo/stage.ts';
import { worldUrls } from '../../local/world/environment.ts';
import { people } from '../../local/world/people.ts';
import type { Run } from '../../shared/domain/run.ts';
import { testWorld, worldVariable } from '../harness/world.ts';

/** What a commit message may hold when somebody means harm, or just writes Arabic. */
export const HOSTILE_TITLE = `<script>document.title='taken'</script> إضافة ساعة المغادرة "onload=alert(1)`;

export type WaitingReview = { stage: Stage; run: Run; link: string };

/** Pushes a commit and follows it until its version waits for a steward; `link` is the one of the mail. */
export async function waitingReview(): Promise<WaitingReview> {
  const { environment, ports } = testWorld();
  const urls = worldUrls(ports);
  const stage = stageOf({ environment, urls });
  const folder = await mkdtemp(join(tmpdir(), 'mlops-browser-'));
  try {
    const clone = await cloneProject({
      url: `${urls.gitlab}/${worldVariable('GITLAB_PROJECT')}.git`,
      token: worldVariable('GITLAB_TOKEN'),
      author: people.dataScientist,
      folder,
    });
    await clone.edit('README.md', (text) => `${text}\nA line of ${new Date().toISOString()}.\n`);
    const sha = await clone.push(HOSTILE_TITLE);
    const silent = () => {};
    const run = await stage.runUntil(await stage.runOf(sha, silent), ['awaiting-approval'], silent);
    return { stage, run, link: await stage.reviewLink(run) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
