import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCommit } from '../../../../local/gitlab/git/parse-commit.ts';
import { endReaders } from '../../../../local/gitlab/git/read-by-name.ts';
import { changedPaths, commitStats } from '../../../../local/gitlab/git/read-changes.ts';
import { diffSinceMergeBase } from '../../../../local/gitlab/git/read-diffs.ts';
import { isAncestor, lastChangeOf, listCommits, mergeBase } from '../../../../local/gitlab/git/read-history.ts';
import { gitEnvironment } from '../../../../local/gitlab/git/run-git.ts';

describe('history of a repository', () => {
  let repository: string;
  const env = gitEnvironment({
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  });
  const git = (args: string[], input = '') =>
    execFileSync('git', args, { cwd: repository, env, input, encoding: 'utf8' }).trim();
  const commit = (message: string, files: Record<string, string>, ...parents: string[]) => {
    const entries = Object.entries(files).map(
      ([path, content]) => `100644 blob ${git(['hash-object', '-w', '--stdin'], content)}\t${path}`,
    );
    const tree = git(['mktree'], entries.join('\n'));
    return git(['commit-tree', tree, '-m', message, ...parents.flatMap((parent) => ['-p', parent])]);
  };
  const titles = async (range: string, query = {}) =>
    (await listCommits(repository, range, query)).map((one) => one.title);

  let base: string;
  let ours: string;
  let theirs: string;
  let merged: string;
  let stranger: string;

  beforeAll(() => {
    repository = join(mkdtempSync(join(tmpdir(), 'history-')), 'model.git');
    execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', repository], { env });
    base = commit('base', { 'a.txt': '1', 'b.txt': '1' });
    ours = commit('ours', { 'a.txt': '2', 'b.txt': '1' }, base);
    theirs = commit('theirs', { 'a.txt': '1', 'b.txt': '2' }, base);
    merged = commit('merged', { 'a.txt': '2', 'b.txt': '2' }, ours, theirs);
    stranger = commit('stranger', { 'c.txt': '3' });
  });

  afterAll(async () => {
    await endReaders(repository);
    rmSync(join(repository, '..'), { recursive: true, force: true });
  });

  it('lists the commits of a range, newest first', async () => {
    expect(await titles(`${base}..${merged}`, { topological: true })).toEqual(['merged', 'theirs', 'ours']);
    expect(await titles(merged, { firstParent: true })).toEqual(['merged', 'ours', 'base']);
    expect(await titles(merged, { path: 'b.txt' })).toEqual(['theirs', 'base']);
    expect(await titles(merged, { firstParent: true, skip: 1, limit: 1 })).toEqual(['ours']);
    expect(await titles(merged, { author: 'Nobody' })).toEqual([]);
  });

  it('keeps no answer about branches, which move', async () => {
    git(['update-ref', 'refs/heads/main', base]);
    expect(await titles('--branches')).toEqual(['base']);
    git(['update-ref', 'refs/heads/main', ours]);
    expect(await titles('--branches')).toEqual(['ours', 'base']);
    expect(await titles('main')).toEqual(['ours', 'base']);
    git(['update-ref', 'refs/heads/main', base]);
    expect(await titles('main')).toEqual(['base']);
  });

  it('gives the same answer when it is asked again', async () => {
    for (const _time of [1, 2]) {
      expect(await mergeBase(repository, ours, theirs)).toBe(base);
      expect(await mergeBase(repository, ours, stranger)).toBeUndefined();
      expect(await isAncestor(repository, base, merged)).toBe(true);
      expect(await isAncestor(repository, theirs, ours)).toBe(false);
      expect(await isAncestor(repository, ours, ours)).toBe(true);
      expect(await isAncestor(repository, 'e'.repeat(40), ours)).toBe(false);
      expect(await lastChangeOf(repository, 'a.txt', merged)).toBe(ours);
      expect(await lastChangeOf(repository, 'b.txt', merged)).toBe(theirs);
      expect(await lastChangeOf(repository, '*.txt', merged)).toBe('');
    }
  });

  it('counts what each commit changed since its first parent, and names it', async () => {
    const moved = commit('moved', { 'c.txt': '2', 'b.txt': '1\n2\n' }, ours);
    const empty = commit('empty', { 'c.txt': '2', 'b.txt': '1\n2\n' }, moved);
    const named = commit('named', { [base]: '1' }, stranger);
    const commits = await Promise.all(
      [base, merged, moved, empty, named].map(async (sha) => (await listCommits(repository, sha, { limit: 1 }))[0]),
    );
    const known = commits.filter((one) => one !== undefined);
    expect(await commitStats(repository, known)).toEqual([
      { additions: 2, deletions: 0, total: 2 },
      { additions: 1, deletions: 1, total: 2 },
      { additions: 2, deletions: 1, total: 3 },
      { additions: 0, deletions: 0, total: 0 },
      { additions: 1, deletions: 1, total: 2 },
    ]);
    expect(await changedPaths(repository, known)).toEqual([
      { added: ['a.txt', 'b.txt'], modified: [], removed: [] },
      { added: [], modified: ['b.txt'], removed: [] },
      { added: ['c.txt'], modified: ['b.txt'], removed: ['a.txt'] },
      { added: [], modified: [], removed: [] },
      { added: [base], modified: [], removed: ['c.txt'] },
    ]);
    expect(await commitStats(repository, [])).toEqual([]);
  });

  it('compares with the commit where two histories parted', async () => {
    const changed = (await diffSinceMergeBase(repository, ours, theirs)).map((file) => [file.new_path, file.diff]);
    expect(changed).toEqual([['b.txt', expect.stringMatching(/^@@ -1 \+1 @@\n-1\n.*\n?\+2/)]]);
    expect(await diffSinceMergeBase(repository, stranger, ours)).toEqual([]);
  });
});

describe('commit objects', () => {
  const parse = (lines: (string | Buffer)[]) =>
    parseCommit(
      'c'.repeat(40),
      Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\n')]))),
    );
  const headers = [
    `tree ${'1'.repeat(40)}`,
    `parent ${'2'.repeat(40)}`,
    `parent ${'3'.repeat(40)}`,
    'author Åda L. <ada@example.com> 1700000000 +0530',
    'committer  <> 1700000000 -0130',
  ];

  it('are read as git shows them', () => {
    expect(parse([...headers, '', 'A title', '', 'A body', '', ''])).toEqual({
      id: 'c'.repeat(40),
      parent_ids: ['2'.repeat(40), '3'.repeat(40)],
      author_name: 'Åda L.',
      author_email: 'ada@example.com',
      authored_date: '2023-11-15T03:43:20+05:30',
      committer_name: '',
      committer_email: '',
      committed_date: '2023-11-14T20:43:20-01:30',
      message: 'A title\n\nA body\n',
      title: 'A title',
    });
  });

  it('may be signed, and say in their message what looks like a header', () => {
    const signature = ['gpgsig -----BEGIN PGP SIGNATURE-----', ' ', ' parent x', ' -----END PGP SIGNATURE-----'];
    const commit = parse([...headers, ...signature, '', `parent ${'4'.repeat(40)}`, 'author Eve <e@x> 1 +0000']);
    expect([commit.parent_ids.length, commit.author_name]).toEqual([2, 'Åda L.']);
    expect(commit.title).toBe(`parent ${'4'.repeat(40)}`);
  });

  it('may have another encoding, no message, or a time beyond all calendars', () => {
    const latin = (text: string) => Buffer.from(text, 'latin1');
    const encoded = parse([
      latin('author J\u00fcrgen <j@x> 0 +0000'),
      'encoding ISO-8859-1',
      '',
      latin('Gr\u00fc\u00dfe'),
    ]);
    expect([encoded.author_name, encoded.title]).toEqual(['Jürgen', 'Grüße']);
    expect(parse(['encoding klingon', '', 'Grüße']).title).toBe('Grüße');
    expect(parse([...headers, '', '', '']).message).toBe('');
    expect(parse([...headers]).message).toBe('');
    expect(parse(['author A <a@x> 99999999999999 +0100', '', 'x']).authored_date).toBe('1970-01-01T00:00:00+00:00');
  });
});
