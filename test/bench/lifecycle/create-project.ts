import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Credentials } from '../../../local/world/credentials.ts';
import type { WorldUrls } from '../../../local/world/environment.ts';
import { gitEnvironment } from '../../../local/world/git-environment.ts';
import type { GitlabAdmin } from '../../../local/world/gitlab-admin.ts';
import { access, people } from '../../../local/world/people.ts';
import { noopRepository } from './noop-repository.ts';
import type { BenchModel } from './onboarded-models.mjs';

const run = promisify(execFile);
const WithId = z.object({ id: z.int() });
const Users = z.array(WithId);

export type Repository = BenchModel & {
  /** Commits a change that alters nothing of the model, pushes it to main, and answers the SHA. */
  push: () => Promise<string>;
};

/** A project for a model, as the sample has one: members, the bucket of its bundles, the control plane's webhook, and a working copy. */
export async function createProject(
  gitlab: GitlabAdmin,
  { urls, credentials, folder }: { urls: WorldUrls; credentials: Credentials; folder: string },
  model: BenchModel,
): Promise<Repository> {
  const { id: group } = WithId.parse(await gitlab.get('/groups/ml'));
  const path = model.model;
  const settings = {
    id: model.projectId,
    namespace_id: group,
    path,
    name: path,
    visibility: 'private',
    default_branch: 'main',
  };
  const { id } = WithId.parse(await gitlab.post('/projects', settings));
  if (id !== model.projectId)
    throw new Error(`GitLab made ${model.projectPath} the project ${id}, not ${model.projectId}.`);
  const levels = [
    [people.dataScientist, access.maintainer],
    [people.bot, access.maintainer],
    [people.onCall, access.developer],
  ] as const;
  for (const [{ username }, access_level] of levels) {
    const [user] = Users.parse(await gitlab.get(`/users?username=${username}`));
    await gitlab.post(`/projects/${id}/members`, { user_id: user?.id, access_level });
  }
  await gitlab.post(`/projects/${id}/variables`, { key: 'MLOPS_BUNDLE_BUCKET', value: 'mlops-local-000000000000' });
  await gitlab.post(`/projects/${id}/hooks`, {
    ...{ url: `${urls.web}/webhooks/gitlab`, signing_token: credentials.webhookSigningToken },
    ...{ pipeline_events: true, push_events: false, enable_ssl_verification: false },
  });
  return workingCopy(
    model,
    `${urls.gitlab}/${model.projectPath}.git`,
    credentials.accessTokens.dataScientist ?? '',
    folder,
  );
}

async function workingCopy(model: BenchModel, remote: string, token: string, folder: string): Promise<Repository> {
  const home = await mkdtemp(join(folder, `${model.model}-`));
  const env = gitEnvironment(people.dataScientist, home);
  const git = async (...command: string[]) => (await run('git', ['-C', home, ...command], { env })).stdout.trim();
  const address = new URL(remote);
  address.username = people.dataScientist.username;
  address.password = token;
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'origin', address.href);
  let commits = 0;
  return {
    ...model,
    async push() {
      commits += 1;
      for (const [path, content] of Object.entries(noopRepository(model.model, commits))) {
        if (content === undefined) continue;
        await mkdir(dirname(join(home, path)), { recursive: true });
        await writeFile(join(home, path), content);
      }
      await git('add', '--all');
      await git('commit', '--quiet', `--message=Commit ${commits}`);
      await git('push', '--quiet', 'origin', 'main');
      return git('rev-parse', 'HEAD');
    },
  };
}
