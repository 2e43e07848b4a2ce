import type { User } from '../rows/users.ts';
import { treeAfter } from './apply-commit.ts';
import { createCommit } from './merge-branch.ts';
import { listCommits } from './read-history.ts';
import { gitText } from './run-git.ts';

/** The head of the commits of `source` put anew upon `target`, without those that it has; undefined when they conflict. */
export async function rebaseCommits(
  repository: string,
  target: string,
  source: string,
  committer: Pick<User, 'name' | 'email'>,
  at: Date,
): Promise<string | undefined> {
  const commits = (await listCommits(repository, `${target}..${source}`)).reverse();
  let head = target;
  for (const commit of commits.filter((one) => one.parent_ids.length < 2)) {
    const author = { name: commit.author_name, email: commit.author_email };
    const tree = await treeAfter(repository, head, commit.id, commit.parent_ids[0], false, { author, at });
    if (!tree) return undefined;
    if (tree === (await gitText(repository, ['rev-parse', `${head}^{tree}`])).trim()) continue;
    head = await createCommit(repository, {
      tree,
      parents: [head],
      message: commit.message,
      author,
      committer: { name: committer.name, email: committer.email },
      at,
      authoredAt: commit.authored_date,
    });
  }
  return head;
}
