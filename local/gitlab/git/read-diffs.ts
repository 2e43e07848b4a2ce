import { gitText, orUndefined } from './run-git.ts';

export interface FileDiff {
  old_path: string;
  new_path: string;
  a_mode: string;
  b_mode: string;
  new_file: boolean;
  renamed_file: boolean;
  deleted_file: boolean;
  generated_file: boolean;
  diff: string;
}

const unquote = (path: string) => path.replace(/^"|"$/g, '');

/** GitLab's list of file diffs; each `diff` begins at its first hunk. */
export async function diffBetween(repository: string, from: string | undefined, to: string): Promise<FileDiff[]> {
  const args = from
    ? ['diff-tree', '-r', '-p', '-M', '--full-index', from, to]
    : ['diff-tree', '-r', '-p', '-M', '--root', '--full-index', '--no-commit-id', to];
  return parseDiff(await gitText(repository, ['-c', 'core.quotePath=false', ...args]));
}

/** What `to` changed since it left the history of `from`; nothing for histories without a common commit. */
export async function diffSinceMergeBase(repository: string, from: string, to: string): Promise<FileDiff[]> {
  const args = ['-c', 'core.quotePath=false', 'diff', '-p', '-M', '--full-index', `${from}...${to}`];
  return parseDiff((await orUndefined(gitText(repository, args))) ?? '');
}

const parseDiff = (text: string): FileDiff[] =>
  text
    .split(/^diff --git /m)
    .slice(1)
    .map(parseFileDiff);

function parseFileDiff(text: string): FileDiff {
  const hunk = text.search(/^@@ /m);
  const head = hunk < 0 ? text : text.slice(0, hunk);
  const field = (pattern: RegExp) => pattern.exec(head)?.[1];
  const names = /^"?a\/(.*?)"? "?b\/(.*?)"?$/m.exec(head.split('\n')[0] ?? '');
  const newPath = field(/^rename to (.*)$/m) ?? field(/^\+\+\+ "?b\/(.*?)"?\t?$/m) ?? names?.[2] ?? '';
  const oldPath = field(/^rename from (.*)$/m) ?? field(/^--- "?a\/(.*?)"?\t?$/m) ?? names?.[1] ?? newPath;
  const mode = field(/^index \S+ (\d+)$/m);
  return {
    old_path: unquote(oldPath),
    new_path: unquote(newPath || oldPath),
    a_mode: field(/^(?:old|deleted file) mode (\d+)$/m) ?? mode ?? '0',
    b_mode: field(/^new (?:file )?mode (\d+)$/m) ?? (/^deleted file/m.test(head) ? '0' : (mode ?? '100644')),
    new_file: /^new file mode/m.test(head),
    renamed_file: /^rename from/m.test(head),
    deleted_file: /^deleted file mode/m.test(head),
    generated_file: false,
    diff: hunk < 0 ? '' : text.slice(hunk),
  };
}

/** Lines added and removed by a commit against its first parent. */
export async function commitStats(
  repository: string,
  sha: string,
): Promise<{ additions: number; deletions: number; total: number }> {
  const text = await gitText(repository, [
    'diff-tree',
    '--root',
    '--numstat',
    '-r',
    '-m',
    '--first-parent',
    '--no-commit-id',
    sha,
  ]);
  let additions = 0;
  let deletions = 0;
  for (const line of text.split('\n')) {
    const [added = '', removed = ''] = line.split('\t');
    additions += Number.parseInt(added, 10) || 0;
    deletions += Number.parseInt(removed, 10) || 0;
  }
  return { additions, deletions, total: additions + deletions };
}

/** Paths that a commit added, changed and removed, as webhooks list them. */
export async function changedPaths(repository: string, sha: string) {
  const text = await gitText(repository, [
    'diff-tree',
    '--root',
    '-r',
    '-z',
    '--no-commit-id',
    '--name-status',
    '--no-renames',
    sha,
  ]);
  const parts = text.split('\0');
  const changed = { added: [] as string[], modified: [] as string[], removed: [] as string[] };
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [status = '', path = ''] = [parts[i], parts[i + 1]];
    (status === 'A' ? changed.added : status === 'D' ? changed.removed : changed.modified).push(path);
  }
  return changed;
}
