import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gitEnvironment } from './git-environment.ts';
import type { Person } from './people.ts';
import { WorldError } from './world-error.ts';

const run = promisify(execFile);

const notSource = new Set(['__pycache__', '.pytest_cache', '.ruff_cache', '.venv', '.git']);

export interface FolderPush {
  readonly folder: string;
  /** `http://…/group/project.git` */
  readonly remote: string;
  readonly token: string;
  readonly author: Person;
  readonly message: string;
}

/** Makes a folder the first commit of an empty project's main branch, without starting a pipeline. */
export async function pushFolder({ folder, remote, token, author, message }: FolderPush): Promise<void> {
  const clone = await mkdtemp(join(tmpdir(), 'first-commit-'));
  const environment = gitEnvironment(author, clone);
  const git = (...command: string[]): Promise<unknown> => run('git', ['-C', clone, ...command], { env: environment });
  try {
    await cp(folder, clone, { recursive: true, filter: (source) => !notSource.has(basename(source)) });
    await git('init', '--quiet', '--initial-branch=main');
    await git('add', '--all');
    await git('commit', '--quiet', `--message=${message}`);
    const address = new URL(remote);
    address.username = author.username;
    address.password = token;
    await git('push', '--quiet', '--push-option=ci.skip', address.href, 'main');
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message.replaceAll(token, '***').slice(0, 400) : '';
    throw new WorldError(`The first commit of ${remote} could not be pushed: ${detail}`);
  } finally {
    await rm(clone, { recursive: true, force: true });
  }
}
