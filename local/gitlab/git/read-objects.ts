import type { GitObject } from './batch-process.ts';
import { type Commit, parseCommit } from './parse-commit.ts';
import { readObject } from './read-by-name.ts';
import { gitText, orUndefined } from './run-git.ts';

export const ZERO_SHA = '0'.repeat(40);

const SAFE_REVISION = /^[^\s~^:?*[\\\0]+$/;

/** The commit that a branch, a tag or a (short) SHA names; branches win, as in GitLab. */
export async function resolveCommit(repository: string, revision: string): Promise<string | undefined> {
  if (!SAFE_REVISION.test(revision)) return undefined;
  const names = revision.startsWith('refs/') ? [revision] : [`refs/heads/${revision}`, `refs/tags/${revision}`];
  if (revision === 'HEAD' || /^[0-9a-f]{7,40}$/.test(revision)) names.push(revision);
  const found = await Promise.all(names.map((name) => orUndefined(readObject(repository, `${name}^{commit}`))));
  return found.find((commit) => commit !== undefined)?.id;
}

export async function readCommit(repository: string, sha: string): Promise<Commit | undefined> {
  const commit = await orUndefined(readObject(repository, `${sha}^{commit}`));
  return commit && parseCommit(commit.id, commit.content);
}

export interface TreeEntry {
  id: string;
  name: string;
  type: 'tree' | 'blob' | 'commit';
  path: string;
  mode: string;
}

const typeOf = (mode: string) => (mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob');

const ID_BYTES = 20;

/** A tree object is a row of `<mode> <name>`, a zero byte and the id in binary. */
function parseTree(tree: GitObject, folder: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const { content } = tree;
  for (let start = 0; start < content.length; ) {
    const space = content.indexOf(' ', start);
    const zero = content.indexOf('\0', space);
    const end = zero + 1 + ID_BYTES;
    const mode = content.toString('latin1', start, space).padStart(6, '0');
    const name = content.toString('utf8', space + 1, zero);
    const path = folder ? `${folder}/${name}` : name;
    entries.push({ id: content.toString('hex', zero + 1, end), name, type: typeOf(mode), path, mode });
    start = end;
  }
  return entries;
}

async function readTree(repository: string, revision: string, folder: string): Promise<GitObject | undefined> {
  let tree = await orUndefined(readObject(repository, `${revision}^{tree}`));
  for (const name of folder ? folder.split('/') : []) {
    const entry = tree && parseTree(tree, '').find((one) => one.name === name && one.type === 'tree');
    tree = entry && (await readObject(repository, entry.id));
  }
  return tree;
}

export async function listTree(
  repository: string,
  revision: string,
  path: string,
  recursive: boolean,
): Promise<TreeEntry[] | undefined> {
  const folder = path.replace(/^\/+|\/+$/g, '');
  const tree = await readTree(repository, revision, folder);
  if (!tree || !recursive) return tree && parseTree(tree, folder);
  const text = await gitText(repository, ['ls-tree', '-z', '-r', '-t', tree.id]);
  return text
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [meta = '', name = ''] = line.split('\t');
      const [mode = '', , id = ''] = meta.split(' ');
      const full = folder ? `${folder}/${name}` : name;
      return { id, name: name.split('/').at(-1) ?? name, type: typeOf(mode), path: full, mode };
    });
}

interface Blob {
  id: string;
  content: Buffer;
  executable: boolean;
}

export async function readBlob(repository: string, sha: string, path: string): Promise<Blob | undefined> {
  const slash = path.lastIndexOf('/');
  const [folder, name] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
  const tree = slash === 0 ? undefined : await readTree(repository, sha, folder);
  const entry = tree && parseTree(tree, folder).find((one) => one.name === name && one.type === 'blob');
  if (!entry) return undefined;
  const blob = await readObject(repository, entry.id);
  return blob && { id: blob.id, content: blob.content, executable: entry.mode === '100755' };
}
