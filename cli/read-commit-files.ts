import { execFile } from 'node:child_process';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MAX_BUNDLE_FILE_BYTES, MAX_BUNDLE_FILES } from '../shared/domain/bundle-manifest.ts';
import { CliError } from './cli-error.ts';
import { codeOf, saidBy } from './error-facts.ts';

const run = promisify(execFile);

/** Folders that never travel: data is read from its bucket, tests are for CI. */
const NOT_BUNDLED = ['data/', 'tests/'];

/** Names that an S3 key, a URI and a shell carry unchanged. */
const PLAIN_NAME = /^[A-Za-z0-9_.@+=-][A-Za-z0-9_.@+=/ -]*$/;

export type CommitFile = { path: string; bytes: Uint8Array };

/**
 * The files of the commit that make the script bundle, sorted by path: all that Git tracks but data and tests.
 * @throws CliError where the folder is no repository at this commit, differs from it, or holds what no bundle may hold
 */
export async function readCommitFiles(root: string, commit: string): Promise<CommitFile[]> {
  await requireCommit(root, commit);
  const paths = (await git(root, 'ls-files', '-z')).split('\0').filter((path) => path !== '' && !isLeftOut(path));
  if (paths.length === 0)
    throw new CliError(`Git tracks no file in ${root} that belongs into a bundle: commit the scripts.`);
  if (paths.length > MAX_BUNDLE_FILES) {
    throw new CliError(
      `The repository has ${paths.length} files outside data/ and tests/; at most ${MAX_BUNDLE_FILES} make a bundle.`,
    );
  }
  const files: CommitFile[] = [];
  for (const path of paths.sort()) {
    const bytes = await readPlainFile(root, path);
    if (bytes.byteLength > MAX_BUNDLE_FILE_BYTES) {
      throw new CliError(
        `${path} has ${bytes.byteLength} bytes; at most ${MAX_BUNDLE_FILE_BYTES} travel: keep data in its bucket or under data/.`,
      );
    }
    files.push({ path, bytes });
  }
  return files;
}

function isLeftOut(path: string): boolean {
  return NOT_BUNDLED.some((folder) => path.startsWith(folder));
}

async function requireCommit(root: string, commit: string): Promise<void> {
  const prefix = (await git(root, 'rev-parse', '--show-prefix')).trim();
  if (prefix !== '')
    throw new CliError(`${root} is a folder inside a repository (${prefix}): bundle the repository's top folder.`);
  const head = (await git(root, 'rev-parse', 'HEAD')).trim();
  if (head !== commit)
    throw new CliError(`The repository stands on ${head}, but CI_COMMIT_SHA is ${commit}: check that commit out.`);
  const changed = (await git(root, 'diff', '--name-only', 'HEAD', '--'))
    .split('\n')
    .filter((path) => path !== '' && !isLeftOut(path));
  if (changed.length > 0)
    throw new CliError(`${changed.join(', ')} differ from the commit: a bundle holds exactly what was committed.`);
}

async function readPlainFile(root: string, path: string): Promise<Uint8Array> {
  if (!PLAIN_NAME.test(path))
    throw new CliError(
      `The name ${JSON.stringify(path)} can't travel: use letters, digits, spaces and _ . @ + = - only.`,
    );
  const kind = await lstat(join(root, path));
  if (!kind.isFile())
    throw new CliError(`${path} is no plain file (a link or a submodule): a bundle holds plain files only.`);
  return await readFile(join(root, path));
}

async function git(root: string, ...command: string[]): Promise<string> {
  try {
    const { stdout } = await run('git', ['-C', root, ...command], { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new CliError('git is missing: install it.', { cause: error });
    throw new CliError(`git ${command[0]} failed in ${root}: ${saidBy(error)}`, { cause: error });
  }
}
