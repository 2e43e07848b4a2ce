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
