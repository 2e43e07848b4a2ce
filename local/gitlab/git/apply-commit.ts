import { createCommit, mergeTrees } from './merge-branch.ts';
import { gitText } from './run-git.ts';

/**
 * The tree of `head` with the change of a commit, or without it: a merge whose base is the commit's parent, or the
 * commit itself. Two commits made for the purpose give the merge that base.
 */
export async function treeAfter(
  repository: string,
  head: string,
  sha: string,
  parent: string | undefined,
  undo: boolean,
  made: { author: { name: string; email: string }; at: Date },
): Promise<string | undefined> {
  if (!parent) return undo ? undefined : mergeTrees(repository, head, sha);
  const treeOf = async (commit: string) => (await gitText(repository, ['rev-parse', `${commit}^{tree}`])).trim();
  const base = undo ? sha : parent;
  const onBase = async (commit: string) =>
    createCommit(repository, { ...made, tree: await treeOf(commit), parents: [base], message: 'base' });
  return mergeTrees(repository, await onBase(head), undo ? await onBase(parent) : sha);
}
