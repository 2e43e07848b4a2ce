import type { User } from '../rows/users.ts';
import { gitText, runGit } from './run-git.ts';

/** The tree of both commits together; undefined when they conflict. */
export async function mergeTrees(repository: string, target: string, source: string): Promise<string | undefined> {
  const tree = await gitText(repository, ['merge-tree', '--write-tree', target, source]).catch(() => undefined);
  return tree?.split('\n')[0];
}

export interface NewCommit {
  tree: string;
  parents: string[];
  message: string;
  author: Pick<User, 'name' | 'email'>;
  committer?: Pick<User, 'name' | 'email'>;
  at: Date;
  /** When it was written at first, if it is only put elsewhere now. */
  authoredAt?: string;
}

/** Writes a commit without a working tree. */
export async function createCommit(repository: string, commit: NewCommit): Promise<string> {
  const date = commit.at.toISOString();
  const committer = commit.committer ?? commit.author;
  const parents = commit.parents.flatMap((parent) => ['-p', parent]);
  const sha = await gitText(repository, ['commit-tree', commit.tree, ...parents, '-F', '-'], {
    input: commit.message,
    env: {
      GIT_AUTHOR_NAME: commit.author.name,
      GIT_AUTHOR_EMAIL: commit.author.email,
      GIT_AUTHOR_DATE: commit.authoredAt ?? date,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
      GIT_COMMITTER_DATE: date,
    },
  });
  return sha.trim();
}

/** Moves a ref only if it still stands where it was read. */
export async function moveRef(repository: string, ref: string, to: string, from: string): Promise<void> {
  await runGit(repository, ['update-ref', ref, to, from]);
}
