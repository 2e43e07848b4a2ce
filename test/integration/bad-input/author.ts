import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { GitlabAdmin } from '../../../local/world/gitlab-admin.ts';
import { people } from '../../../local/world/people.ts';
import { testCredentials, testWorld, worldVariable } from '../../harness/world.ts';
import type { Files } from './tiny-repository.ts';

const run = promisify(execFile);

/** The data scientist at a working copy of the onboarded project, who replaces the whole repository with each commit. */
export type Author = {
  /** The working copy, which holds the files of the last commit. */
  folder: string;
  /** Commits exactly these files, pushes to main, or to another branch, and answers the SHA. */
  push(message: string, files: Files, branch?: string): Promise<string>;
  /** Gives main back the files that it had at first, without a pipeline, and forgets the working copy. */
  leave(): Promise<void>;
};

export async function authorAtWork(): Promise<Author> {
  const home = await mkdtemp(join(tmpdir(), 'mlops-author-'));
  const folder = join(home, 'repository');
  const { name, email, username } = people.dataScientist;
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
  const git = async (...command: string[]): Promise<string> =>
    (await run('git', command, { env, cwd: command[0] === 'clone' ? home : folder })).stdout.trim();
  const address = new URL(`${testWorld().environment.GITLAB_URL}/${worldVariable('GITLAB_PROJECT')}.git`);
  address.username = username;
  address.password = testCredentials().accessTokens.dataScientist ?? '';
  await git('clone', '--quiet', address.href, folder);
  const first = await git('rev-parse', 'HEAD');
  // Several commits are pushed at once, and the pipeline of each counts: GitLab cancels those that a newer one overtakes.
  await cancelRedundantPipelines('disabled');

  const replaceFiles = async (files: Files): Promise<void> => {
    for (const entry of await readdir(folder)) if (entry !== '.git') await rm(join(folder, entry), { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      if (content === undefined) continue;
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  };
  return {
    folder,
    async push(message, files, branch = 'main') {
      await replaceFiles(files);
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      await git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
      return git('rev-parse', 'HEAD');
    },
    async leave() {
      await git('read-tree', '-u', '--reset', first);
      await git('commit', '--quiet', '--allow-empty', '--message=Take the experiments back');
      await git('push', '--quiet', '--push-option=ci.skip', 'origin', 'HEAD:refs/heads/main');
      await cancelRedundantPipelines('enabled');
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function cancelRedundantPipelines(setting: 'enabled' | 'disabled'): Promise<void> {
  const gitlab = new GitlabAdmin(testWorld().environment.GITLAB_URL ?? '', testCredentials().gitlabRootToken);
  const project = encodeURIComponent(worldVariable('GITLAB_PROJECT'));
  await gitlab.put(`/projects/${project}`, { auto_cancel_pending_pipelines: setting });
}
