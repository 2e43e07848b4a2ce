import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { endReaders, readObject } from '../../../../local/gitlab/git/read-by-name.ts';
import { listTree, readBlob, resolveCommit } from '../../../../local/gitlab/git/read-objects.ts';
import { GitError, gitEnvironment } from '../../../../local/gitlab/git/run-git.ts';

let root: string;
let repository: string;

const env = gitEnvironment({
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
});
const git = (args: string[], input: string | Buffer = '', cwd = repository) =>
  execFileSync('git', args, { cwd, env, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }).trim();

/** A commit on a branch, without a working tree. */
function commit(branch: string, files: Record<string, string>, parent?: string): string {
  const entries = Object.entries(files).map(([path, content]) => {
    const id = git(['hash-object', '-w', '--stdin'], content);
    return `100644 blob ${id}\t${path}`;
  });
  const tree = git(['mktree'], entries.join('\n'));
  const sha = git(['commit-tree', tree, '-m', branch, ...(parent ? ['-p', parent] : [])]);
  git(['update-ref', `refs/heads/${branch}`, sha]);
  return sha;
}

/** The processes that a program started to read objects. */
function readersOf(parent: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, ppid, state = '', ...args]) => {
      return Number(ppid) === parent && !state.startsWith('Z') && args.join(' ').includes('cat-file --batch');
    })
    .map(([pid]) => Number(pid));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'objects-'));
  repository = join(root, 'model.git');
  execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', repository], { env });
});

afterEach(async () => {
  await endReaders(root);
  rmSync(root, { recursive: true, force: true });
});

describe('reading objects from a process that stays', () => {
  it('gives each of many who ask at once their own answer, whole', async () => {
    const contents = ['', '\n', 'a\n\nb missing\n', 'x'.repeat(3_000_000), ...Array.from({ length: 200 }, String)];
    const ids = contents.map((content) => git(['hash-object', '-w', '--stdin'], content));
    const missing = 'f'.repeat(40);
    const asked = [...ids, missing, ...ids];
    const found = await Promise.all(asked.map((id) => readObject(repository, id)));
    expect(found.map((one) => one?.content.toString())).toEqual([...contents, undefined, ...contents]);
    expect(found[0]).toMatchObject({ id: ids[0], type: 'blob' });
    expect(readersOf(process.pid)).toHaveLength(1);
  });

  it('sees what comes after its start: a push, a force push, packed refs, a deleted branch', async () => {
    const first = commit('main', { 'a.txt': '1' });
    expect(await resolveCommit(repository, 'main')).toBe(first);
    const [reader] = readersOf(process.pid);
    expect(await resolveCommit(repository, 'feature')).toBeUndefined();

    const second = commit('main', { 'a.txt': '2' }, first);
    const feature = commit('feature', { 'a.txt': '3' }, first);
    expect(await resolveCommit(repository, 'main')).toBe(second);
    expect(await resolveCommit(repository, 'feature')).toBe(feature);

    git(['pack-refs', '--all']);
    git(['gc', '--quiet', '--prune=now']);
    expect(await resolveCommit(repository, 'main')).toBe(second);
    expect((await readBlob(repository, feature, 'a.txt'))?.content.toString()).toBe('3');

    const forced = commit('main', { 'a.txt': '4' });
    expect(await resolveCommit(repository, 'main')).toBe(forced);
    expect(await resolveCommit(repository, forced.slice(0, 9))).toBe(forced);
    git(['update-ref', '-d', 'refs/heads/feature']);
    expect(await resolveCommit(repository, 'feature')).toBeUndefined();
    git(['update-ref', '-d', 'refs/heads/main']);
    expect(await resolveCommit(repository, 'main')).toBeUndefined();
    expect(readersOf(process.pid)).toEqual([reader]);
  });

  it('finds an object that comes later, in a pack of its own', async () => {
    commit('main', { 'a.txt': '1' });
    const elsewhere = join(root, 'elsewhere.git');
    execFileSync('git', ['init', '--quiet', '--bare', elsewhere], { env });
    const id = git(['hash-object', '-w', '--stdin'], 'comes later', elsewhere);
    expect(await readObject(repository, id)).toBeUndefined();
    const pack = execFileSync('git', ['pack-objects', '--quiet', '--stdout'], { cwd: elsewhere, env, input: id });
    git(['index-pack', '--stdin'], pack);
    expect((await readObject(repository, id))?.content.toString()).toBe('comes later');
  });

  it('asks for nothing that is no name, and answers on', async () => {
    const sha = commit('main', { 'a.txt': '1' });
    const unsafe = ['main\nHEAD', '-main', '--batch', 'a..b', 'HEAD...main', 'main@{0}', 'main~1', 'a b', 'a\0', ''];
    expect(await Promise.all(unsafe.map((name) => readObject(repository, `${name}\n`)))).toEqual(
      unsafe.map(() => undefined),
    );
    expect(readersOf(process.pid)).toHaveLength(0);
    expect(await Promise.all(unsafe.map((name) => resolveCommit(repository, name)))).toEqual(
      unsafe.map(() => undefined),
    );
    expect(await resolveCommit(repository, 'main')).toBe(sha);
  });

  it('knows branches before tags before SHAs, and what a tag points at', async () => {
    const one = commit('main', { 'a.txt': '1' });
    const two = commit('v1', { 'a.txt': '2' }, one);
    git(['tag', '-a', '-m', 'a tag', 'v1', one]);
    git(['tag', '-a', '-m', 'a tag', 'v2', one]);
    expect(await resolveCommit(repository, 'v1')).toBe(two);
    expect(await resolveCommit(repository, 'refs/tags/v1')).toBe(one);
    expect(await resolveCommit(repository, 'v2')).toBe(one);
    expect(await resolveCommit(repository, git(['rev-parse', 'v2']))).toBe(one);
    const blob = git(['rev-parse', 'main:a.txt']);
    expect(await resolveCommit(repository, blob)).toBeUndefined();
    expect(await resolveCommit(repository, 'HEAD')).toBe(one);
  });

  it('starts another process when one is killed', async () => {
    const sha = commit('main', { 'a.txt': '1' });
    expect(await resolveCommit(repository, 'main')).toBe(sha);
    const [killed = 0] = readersOf(process.pid);
    process.kill(killed, 'SIGKILL');
    expect(await Promise.all(['main', sha].map((name) => resolveCommit(repository, name)))).toEqual([sha, sha]);
    expect(readersOf(process.pid)).not.toContain(killed);
  });

  it('reads what stands at a path after the repository there was replaced', async () => {
    commit('main', { 'a.txt': '1' });
    const old = await resolveCommit(repository, 'main');
    void endReaders(repository);
    rmSync(repository, { recursive: true });
    execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', repository], { env });
    expect(await resolveCommit(repository, 'main')).toBeUndefined();
    expect(await resolveCommit(repository, old ?? '')).toBeUndefined();
    await expect(readObject(join(root, 'none.git'), 'HEAD')).rejects.toThrow(GitError);
  });
});

describe('the processes that read objects', () => {
  it('end when nobody asks for a while', async () => {
    commit('main', { 'a.txt': '1' });
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    try {
      await resolveCommit(repository, 'main');
      jest.advanceTimersByTime(8_000);
      await resolveCommit(repository, 'main');
      jest.advanceTimersByTime(8_000);
      expect(readersOf(process.pid)).toHaveLength(1);
      jest.advanceTimersByTime(3_000);
    } finally {
      jest.useRealTimers();
    }
    await until(() => readersOf(process.pid).length === 0);
  });

  it('are few, however many repositories are read', async () => {
    const folders = Array.from({ length: 18 }, (_, index) => join(root, `${index}.git`));
    for (const folder of folders) {
      mkdirSync(join(folder, 'objects'), { recursive: true });
      mkdirSync(join(folder, 'refs'));
      writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
    }
    const id = git(['hash-object', '-w', '--stdin'], 'here');
    const found = await Promise.all([repository, ...folders].map((folder) => readObject(folder, id)));
    expect(found.map((object) => object?.content.toString())).toEqual(['here', ...folders.map(() => undefined)]);
    await until(() => readersOf(process.pid).length === 16);
  });

  it('do not outlive the server, even when it is killed', async () => {
    commit('main', { 'a.txt': '1' });
    const file = fileURLToPath(new URL('../../../../local/gitlab/git/read-by-name.ts', import.meta.url));
    const script = `
      import { readObject } from ${JSON.stringify(file)};
      await readObject(${JSON.stringify(repository)}, 'HEAD');
      console.log('read');
      setInterval(() => {}, 1000);`;
    const server = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => server.stdout.once('data', resolve));
    const [reader = 0] = readersOf(server.pid ?? 0);
    expect(reader).toBeGreaterThan(0);
    server.kill('SIGKILL');
    await until(() => !isAlive(reader));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z');
}

describe('reading trees', () => {
  it('lists a folder as git does, one level or all of them', async () => {
    const blob = git(['hash-object', '-w', '--stdin'], 'x');
    const inner = git(['mktree'], `100755 blob ${blob}\trun.sh\n120000 blob ${blob}\tlink`);
    const tree = git(
      ['mktree', '-z', '--missing'],
      [
        `100644 blob ${blob}\tnäme with\nlines.txt`,
        `040000 tree ${inner}\tsrc`,
        `160000 commit ${'1'.repeat(40)}\tmodule`,
        `100644 blob ${blob}\tsrc.txt`,
      ].join('\0'),
    );
    const sha = git(['commit-tree', tree, '-m', 'trees']);
    const listed = (args: string[]) =>
      git(['ls-tree', '-z', ...args])
        .split('\0')
        .filter(Boolean);
    const lines = async (path: string, recursive: boolean) =>
      (await listTree(repository, sha, path, recursive))?.map(
        (entry) => `${entry.mode} ${entry.type} ${entry.id}\t${entry.path}`,
      );
    expect(await lines('', false)).toEqual(listed([sha]));
    expect(await lines('', true)).toEqual(listed(['-r', '-t', sha]));
    expect(await lines('/src/', false)).toEqual(listed([sha, 'src/']));
    expect(await lines('src', true)).toEqual(listed(['-r', sha, 'src/']));
    for (const path of ['none', 'src.txt', 'src//run.sh', 'module', '..', '.'])
      expect(await lines(path, false)).toBeUndefined();

    expect(await readBlob(repository, sha, 'src/run.sh')).toEqual({
      id: blob,
      content: Buffer.from('x'),
      executable: true,
    });
    expect((await readBlob(repository, sha, 'näme with\nlines.txt'))?.executable).toBe(false);
    for (const path of ['', 'src', 'module', '/src.txt', 'src.txt/', 'src/none', './src.txt', 'src/../src.txt'])
      expect(await readBlob(repository, sha, path)).toBeUndefined();
  });
});
