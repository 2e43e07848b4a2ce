import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createCommit } from './merge-branch.ts';
import { lastChangeOf } from './read-history.ts';
import { readBlob, ZERO_SHA } from './read-objects.ts';
import { gitText, runGit } from './run-git.ts';

export interface FileAction {
  action: 'create' | 'update' | 'delete' | 'move' | 'chmod';
  file_path: string;
  previous_path?: string | undefined;
  content?: Buffer | undefined;
  last_commit_id?: string | undefined;
  execute_filemode?: boolean | undefined;
  /** What to say when `last_commit_id` isn't the file's last commit. */
  staleMessage?: string;
}

/** Why the files can't be written so; the sentences are GitLab's. */
export class FileActionError extends Error {
  override readonly name = 'FileActionError';
}

const isPath = (path: string) =>
  path !== '' &&
  !path.startsWith('/') &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git');

/** One commit out of several changes to files, written without a working tree. `parent` undefined: the first commit. */
export async function commitActions(
  repository: string,
  scratch: string,
  parent: string | undefined,
  actions: readonly FileAction[],
  commit: {
    message: string;
    author: { name: string; email: string };
    committer: { name: string; email: string };
    at: Date;
  },
): Promise<string> {
  mkdirSync(scratch, { recursive: true });
  const env = { GIT_INDEX_FILE: join(scratch, 'index') };
  try {
    if (parent) await runGit(repository, ['read-tree', parent], { env });
    for (const action of actions) await apply(repository, env, parent, action);
    const tree = (await gitText(repository, ['write-tree'], { env })).trim();
    return await createCommit(repository, { ...commit, tree, parents: parent ? [parent] : [] });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function apply(repository: string, env: Record<string, string>, parent: string | undefined, action: FileAction) {
  const from = action.previous_path ?? action.file_path;
  for (const path of [action.file_path, from]) if (!isPath(path)) throw new FileActionError(`invalid path: '${path}'`);
  const entryOf = async (path: string) => {
    const line = await gitText(repository, ['ls-files', '--stage', '-z', '--', `:(literal)${path}`], { env });
    const [mode = '', id = ''] = line.split('\t')[0]?.split(' ') ?? [];
    return line ? { mode, id, exact: line.split('\t')[1]?.split('\0')[0] === path } : undefined;
  };
  const known = await entryOf(action.action === 'move' ? from : action.file_path);
  const put = async (mode: string, id: string) => {
    await runGit(repository, ['update-index', '--add', '--cacheinfo', `${mode},${id},${action.file_path}`], { env });
  };
  const store = async (content: Buffer) =>
    (await gitText(repository, ['hash-object', '-w', '--stdin'], { input: content })).trim();
  if (action.action === 'create') {
    if (known?.exact) throw new FileActionError('A file with this name already exists');
    if (known) throw new FileActionError('A directory with this name already exists');
    return put(action.execute_filemode ? '100755' : '100644', await store(action.content ?? Buffer.alloc(0)));
  }
  if (!known?.exact) throw new FileActionError("A file with this name doesn't exist");
  if (action.last_commit_id && parent) {
    const blob = await readBlob(repository, parent, from);
    if (blob && (await lastChangeOf(repository, from, parent)) !== action.last_commit_id)
      throw new FileActionError(action.staleMessage ?? `The file has changed since you started editing it: ${from}`);
  }
  const mode = action.execute_filemode === undefined ? known.mode : action.execute_filemode ? '100755' : '100644';
  if (action.action === 'delete' || action.action === 'move')
    await runGit(repository, ['update-index', '-z', '--index-info'], { env, input: `0 ${ZERO_SHA}\t${from}\0` });
  if (action.action === 'delete') return;
  if (action.action === 'move' && (await entryOf(action.file_path)))
    throw new FileActionError('A file with this name already exists');
  await put(mode, action.content && action.action !== 'chmod' ? await store(action.content) : known.id);
}
