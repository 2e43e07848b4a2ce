import { join } from 'node:path';
import { runGit } from '../git/run-git.ts';
import { commitActions } from '../git/write-files.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { tellOfRefs } from './tell-of-refs.ts';

/** The first commit of a project: its README on the default branch. */
export async function writeReadme(
  world: World,
  project: Project,
  user: User,
  text: string,
  message: string,
): Promise<void> {
  const repository = world.repositories.path(project);
  const author = { name: user.name, email: user.email };
  const sha = await commitActions(
    repository,
    join(world.stateDir, 'writing', world.newId()),
    undefined,
    [{ action: 'create', file_path: 'README.md', content: Buffer.from(text) }],
    { message, author, committer: author, at: world.now() },
  );
  await runGit(repository, ['update-ref', `refs/heads/${project.default_branch}`, sha]);
  await tellOfRefs(world, project, user.id);
}
