import type { User } from '../rows.ts';
import { gitText, runGit } from './run-git.ts';

/** Merges one commit into another without a working tree; undefined when they conflict. Returns the merge commit. */
export async function createMergeCommit(
  repository: string,
  target: string,
  source: string,
  message: string,
  user: User,
  now: Date,
): Promise<string | undefined> {
  const tree = await gitText(repository, ['merge-tree', '--write-tree', target, source]).catch(() => undefined);
  if (!tree) return undefined;
  const date = now.toISOString();
  const sha = await gitText(
    repository,
    ['commit-tree', tree.split('\n')[0] ?? '', '-p', target, '-p', source, '-F', '-'],
    {
      input: message,
      env: {
        GIT_AUTHOR_NAME: user.name,
        GIT_AUTHOR_EMAIL: user.email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: user.name,
        GIT_COMMITTER_EMAIL: user.email,
        GIT_COMMITTER_DATE: date,
      },
    },
  );
  return sha.trim();
}

/** Moves a ref only if it still stands where it was read. */
export async function moveRef(repository: string, ref: string, to: string, from: string): Promise<void> {
  await runGit(repository, ['update-ref', ref, to, from]);
}
