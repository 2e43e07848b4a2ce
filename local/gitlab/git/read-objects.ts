import { GitError, gitText, runGit } from './run-git.ts';

export const ZERO_SHA = '0'.repeat(40);

export interface Commit {
  id: string;
  parent_ids: string[];
  author_name: string;
  author_email: string;
  authored_date: string;
  committer_name: string;
  committer_email: string;
  committed_date: string;
  message: string;
  title: string;
}

const FIELDS = ['%H', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00');

function parseCommits(text: string): Commit[] {
  return text
    .split('\x01')
    .filter((record) => record.includes('\0'))
    .map((record) => {
      const [id = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', body = ''] = record
        .replace(/^\n/, '')
        .split('\0');
      const message = body.replace(/\n+$/, '\n');
      return {
        id,
        parent_ids: parents.split(' ').filter(Boolean),
        author_name: an,
        author_email: ae,
        authored_date: ad,
        committer_name: cn,
        committer_email: ce,
        committed_date: cd,
        message: message.trim() ? message : '',
        title: message.split('\n')[0] ?? '',
      };
    });
}

/** A failed look-up is an answer here: undefined for what doesn't exist. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GitError && error.exitCode !== null) return undefined;
    throw error;
  }
}

const SAFE_REVISION = /^(?!-)[^\s~^:?*[\\\0]+$/;

/** The commit that a branch, a tag or a (short) SHA names; branches win, as in GitLab. */
export async function resolveCommit(repository: string, revision: string): Promise<string | undefined> {
  if (!SAFE_REVISION.test(revision) || revision.includes('..')) return undefined;
  const names = revision.startsWith('refs/') ? [revision] : [`refs/heads/${revision}`, `refs/tags/${revision}`];
  if (revision === 'HEAD' || /^[0-9a-f]{7,40}$/.test(revision)) names.push(revision);
  for (const name of names) {
    const sha = await orUndefined(gitText(repository, ['rev-parse', '--quiet', '--verify', `${name}^{commit}`]));
    if (sha) return sha.trim();
  }
  return undefined;
}

interface LogQuery {
  path?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  author?: string | undefined;
  firstParent?: boolean | undefined;
  topological?: boolean | undefined;
  skip?: number;
  limit?: number;
}

/** Git's own reading of dates takes those that it finds odd for now. */
const epochOf = (moment: string) => Math.floor(Date.parse(moment) / 1000);

/** `range` is a SHA, or `a..b`, or `--branches` for all of them. */
export async function listCommits(repository: string, range: string, query: LogQuery = {}): Promise<Commit[]> {
  const args = ['log', '-z', `--format=%x01${FIELDS}`, ...limits(query), range, '--', ...paths(query)];
  return parseCommits((await gitText(repository, args)).replaceAll('\0\x01', '\x01'));
}

export async function countCommits(repository: string, range: string, query: LogQuery = {}): Promise<number> {
  const { skip: _skip, limit: _limit, ...rest } = query;
  return Number(await gitText(repository, ['rev-list', '--count', ...limits(rest), range, '--', ...paths(query)]));
}

const paths = (query: LogQuery) => (query.path ? [query.path] : []);

function limits(query: LogQuery): string[] {
  const args: string[] = [];
  if (query.since) args.push(`--since=@${epochOf(query.since)}`);
  if (query.until) args.push(`--until=@${epochOf(query.until)}`);
  if (query.firstParent) args.push('--first-parent');
  if (query.topological) args.push('--topo-order');
  if (query.author) args.push(`--author=${query.author}`);
  if (query.skip) args.push(`--skip=${query.skip}`);
  if (query.limit) args.push(`--max-count=${query.limit}`);
  return args;
}

export async function readCommit(repository: string, sha: string): Promise<Commit | undefined> {
  return (await orUndefined(listCommits(repository, sha, { limit: 1 })))?.[0];
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

export interface TreeEntry {
  id: string;
  name: string;
  type: 'tree' | 'blob' | 'commit';
  path: string;
  mode: string;
}

export async function listTree(
  repository: string,
  sha: string,
  path: string,
  recursive: boolean,
): Promise<TreeEntry[] | undefined> {
  const folder = path.replace(/^\/+|\/+$/g, '');
  const args = ['ls-tree', '-z', '--full-tree', ...(recursive ? ['-r', '-t'] : []), folder ? `${sha}:${folder}` : sha];
  const text = await orUndefined(gitText(repository, args));
  return text
    ?.split('\0')
    .filter(Boolean)
    .map((line) => {
      const [meta = '', name = ''] = line.split('\t');
      const [mode = '', type = '', id = ''] = meta.split(' ');
      const kind = type === 'tree' || type === 'commit' ? type : 'blob';
      return { id, name: name.split('/').at(-1) ?? name, type: kind, path: folder ? `${folder}/${name}` : name, mode };
    });
}

interface Blob {
  id: string;
  content: Buffer;
  executable: boolean;
  lastCommit: string;
}

export async function readBlob(repository: string, sha: string, path: string): Promise<Blob | undefined> {
  if (!path || path.startsWith('/') || path.split('/').some((part) => part === '..' || part === '')) return undefined;
  const entry = await gitText(repository, ['ls-tree', '-z', '--full-tree', sha, '--', `:(literal)${path}`]).catch(
    () => '',
  );
  const [mode = '', type = '', id = ''] = (entry.split('\t')[0] ?? '').split(' ');
  if (type !== 'blob') return undefined;
  const content = await runGit(repository, ['cat-file', 'blob', id]);
  const lastCommit = (await gitText(repository, ['rev-list', '--max-count=1', sha, '--', `:(literal)${path}`])).trim();
  return { id, content, executable: mode === '100755', lastCommit };
}

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
  const text = await gitText(repository, ['-c', 'core.quotePath=false', ...args]);
  return text
    .split(/^diff --git /m)
    .slice(1)
    .map(parseFileDiff);
}

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

export async function mergeBase(repository: string, a: string, b: string): Promise<string | undefined> {
  return (await orUndefined(gitText(repository, ['merge-base', a, b])))?.trim();
}

export async function isAncestor(repository: string, older: string, newer: string): Promise<boolean> {
  return (await orUndefined(runGit(repository, ['merge-base', '--is-ancestor', older, newer]))) !== undefined;
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
