import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gitEnvironment } from '../world/git-environment.ts';
import type { Person } from '../world/people.ts';
import { WorldError } from '../world/world-error.ts';

const run = promisify(execFile);

/** A data scientist's working copy of an ML repository. */
export type Clone = {
  /** Replaces one text in one file; the text must stand there exactly once. */
  replace(file: string, before: string, after: string): Promise<void>;
  /** Changes one file as a whole; `undefined` removes it. */
  edit(file: string, change: (text: string) => string | undefined): Promise<void>;
  /** Gives every file the content that it had in the repository's first commit. */
  beginAnew(): Promise<void>;
  /** Commits everything, pushes to main and answers the commit's SHA. */
  push(message: string): Promise<string>;
  /** The same where GitLab is to start no pipeline; the commit may be empty. */
  pushWithoutPipeline(message: string): Promise<void>;
};

export async function cloneProject(options: {
  url: string;
  token: string;
  author: Person;
  folder: string;
}): Promise<Clone> {
  const { folder, author } = options;
  const address = new URL(options.url);
  address.username = author.username;
  address.password = options.token;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const env = gitEnvironment(author, folder);
  const working = join(folder, 'clone');
  const git = async (...command: string[]): Promise<string> => {
    try {
      return (await run('git', command, { env, cwd: command[0] === 'clone' ? folder : working })).stdout.trim();
    } catch (cause) {
      const said = cause instanceof Error ? cause.message.replaceAll(options.token, '***') : String(cause);
      throw new WorldError(`git ${command[0]} failed: ${said}`);
    }
  };
  await git('clone', '--quiet', address.href, working);
  const edit: Clone['edit'] = async (file, change) => {
    const path = join(working, file);
    const changed = change(await readFile(path, 'utf8'));
    await (changed === undefined ? rm(path) : writeFile(path, changed));
  };
  return {
    edit,
    async replace(file, before, after) {
      await edit(file, (text) => {
        if (text.split(before).length !== 2)
          throw new WorldError(`${file} should hold "${before}" once: the sample has changed and the demo has not.`);
        return text.replace(before, after);
      });
    },
    async beginAnew() {
      await git('read-tree', '-u', '--reset', await git('rev-list', '--max-parents=0', 'HEAD'));
    },
    async push(message) {
      await git('commit', '--quiet', '--all', `--message=${message}`);
      await git('push', '--quiet', 'origin', 'main');
      return git('rev-parse', 'HEAD');
    },
    async pushWithoutPipeline(message) {
      await git('commit', '--quiet', '--all', '--allow-empty', `--message=${message}`);
      await git('push', '--quiet', '--push-option=ci.skip', 'origin', 'main');
    },
  };
}
