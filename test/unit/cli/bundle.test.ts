import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from '@jest/globals';
import { s3BundleStore } from '../../../cli/bundle-store.ts';
import { BundleManifest, MAX_BUNDLE_FILE_BYTES } from '../../../shared/domain/bundle-manifest.ts';
import { sha256Hex } from '../../../shared/domain/canonical-json.ts';
import { makeRepository } from './repository.ts';
import { fakeStore, runMlops } from './terminal.ts';

const files = {
  'train.py': 'print(1)\n',
  'mlops.yaml': 'model: x\n',
  'lib/features.py': '',
  'data/flights.csv': 'a,b\n',
  'tests/test_train.py': 'pass\n',
};
const bundled = ['lib/features.py', 'mlops.yaml', 'train.py'];

let cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const step of cleanUp) step();
  cleanUp = [];
});

function repository(content: Record<string, string> = files) {
  const made = makeRepository(content);
  cleanUp.push(made.remove);
  const env = { CI_PROJECT_ID: '17', CI_COMMIT_SHA: made.commit, MLOPS_BUNDLE_BUCKET: 'mlops-test' };
  return { ...made, env };
}

describe('mlops bundle', () => {
  it('uploads what Git tracks but data and tests, and the manifest last', async () => {
    const { folder, commit, env } = repository();
    writeFileSync(join(folder, 'untracked.py'), 'x');
    const store = fakeStore();
    const { exitCode, out, error } = await runMlops(['bundle', folder], { env, store });
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: [] });
    expect(out.at(-1)).toBe(`ok: 3 files of ${commit.slice(0, 8)} at s3://mlops-test/bundles/17/${commit}/`);
    expect([...store.files.keys()].sort()).toEqual([...bundled, 'manifest.json'].sort());
    expect(store.order.at(-1)).toBe('manifest.json');
    expect(BundleManifest.parse(JSON.parse(store.files.get('manifest.json') ?? ''))).toEqual({
      schema: 'mlops/bundle/v1',
      projectId: 17,
      commit,
      files: {
        'lib/features.py': sha256Hex(''),
        'mlops.yaml': sha256Hex(files['mlops.yaml']),
        'train.py': sha256Hex(files['train.py']),
      },
    });
  });

  it('succeeds when the job is run again', async () => {
    const { folder, env } = repository();
    const store = fakeStore();
    await runMlops(['bundle', folder], { env, store });
    const again = await runMlops(['bundle', folder], { env, store });
    expect(again.exitCode).toBe(0);
    expect(again.out.filter((line) => line.startsWith('was there'))).toHaveLength(3);
  });

  it('fails and writes no manifest when a path holds another file', async () => {
    const { folder, env } = repository();
    const store = fakeStore({ 'train.py': 'print(2)\n' });
    expect(await runMlops(['bundle', folder], { env, store })).toMatchObject({
      exitCode: 1,
      error: ['train.py holds another file already.'],
    });
    expect(store.files.has('manifest.json')).toBe(false);
  });

  it.each([
    ['a variable is missing', { MLOPS_BUNDLE_BUCKET: '' }, 'MLOPS_BUNDLE_BUCKET is missing or wrong'],
    [
      'several are',
      { CI_PROJECT_ID: 'ml', MLOPS_BUNDLE_BUCKET: '' },
      'CI_PROJECT_ID, MLOPS_BUNDLE_BUCKET are missing or wrong',
    ],
    ['another commit is checked out', { CI_COMMIT_SHA: 'f'.repeat(40) }, 'check that commit out'],
  ])('says so when %s', async (_case, changes, says) => {
    const { folder, env } = repository();
    const store = fakeStore();
    expect(await runMlops(['bundle', folder], { env: { ...env, ...changes }, store })).toMatchObject({
      exitCode: 1,
      error: [expect.stringContaining(says)],
    });
    expect(store.files.size).toBe(0);
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      'a file differs from the commit',
      (folder) => writeFileSync(join(folder, 'train.py'), 'print(3)\n'),
      'train.py differ from the commit',
    ],
    [
      'a file was removed',
      (folder) => renameSync(join(folder, 'train.py'), join(folder, 'old.py')),
      'train.py differ from the commit',
    ],
  ])('refuses a folder where %s', async (_case, change, says) => {
    const { folder, env } = repository();
    change(folder);
    expect(await runMlops(['bundle', folder], { env, store: fakeStore() })).toMatchObject({
      exitCode: 1,
      error: [expect.stringContaining(says)],
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['nothing to bundle', { 'data/a.csv': 'a' }, 'Git tracks no file'],
    ['a file of the name of the manifest', { 'manifest.json': '{}' }, 'rename it'],
    ['a name that can not travel', { 'ümlaut.py': 'x' }, "can't travel"],
    ['a file that is too large', { 'big.bin': 'x'.repeat(MAX_BUNDLE_FILE_BYTES + 1) }, 'keep data in its bucket'],
    [
      'too many files',
      Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`f${index}.py`, ''])),
      '301 files',
    ],
  ])('refuses a repository with %s', async (_case, content, says) => {
    const { folder, env } = repository(content);
    const store = fakeStore();
    expect(await runMlops(['bundle', folder], { env, store })).toMatchObject({
      exitCode: 1,
      error: [expect.stringContaining(says)],
    });
    expect(store.files.size).toBe(0);
  });

  it('refuses links, folders inside a repository, and folders that are none', async () => {
    const { folder, env } = repository();
    mkdirSync(join(folder, 'inner'));
    expect((await runMlops(['bundle', join(folder, 'inner')], { env, store: fakeStore() })).error).toEqual([
      expect.stringContaining('top folder'),
    ]);
    symlinkSync('/etc/hosts', join(folder, 'hosts'));
    const git = (...command: string[]) =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=T', '-c', 'user.email=t@example.com', ...command], {
        encoding: 'utf8',
      });
    git('add', 'hosts');
    git('commit', '--quiet', '-m', 'Link');
    const linked = { ...env, CI_COMMIT_SHA: git('rev-parse', 'HEAD').trim() };
    expect((await runMlops(['bundle', folder], { env: linked, store: fakeStore() })).error).toEqual([
      expect.stringContaining('hosts is no plain file'),
    ]);
    expect((await runMlops(['bundle', '/'], { env, store: fakeStore() })).error).toEqual([
      expect.stringContaining('git rev-parse failed'),
    ]);
  });
});

describe('the bundle store in S3', () => {
  type Answer = { status: number; code?: string; body?: string };

  /** A server that speaks as much S3 as the store asks for. */
  async function serve(answer: (method: string, condition: string | undefined) => Answer) {
    const requests: string[] = [];
    const server: Server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url?.split('?')[0]} ${request.headers['if-none-match'] ?? ''}`.trim());
      const { status, code, body } = answer(request.method ?? '', request.headers['if-none-match']);
      request.resume().on('end', () => {
        response.writeHead(status, { 'content-type': 'application/xml' });
        response.end(code ? `<Error><Code>${code}</Code><Message>${code}</Message></Error>` : body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUp.push(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    cleanUp.push(() => client.destroy());
    return { requests, store: s3BundleStore('s3://mlops-test/bundles/17/abc', client) };
  }
  const content = new TextEncoder().encode('print(1)\n');

  it('uploads below its prefix, only where nothing is', async () => {
    const { requests, store } = await serve(() => ({ status: 200 }));
    expect(await store.putOnce('train.py', content)).toBe('uploaded');
    expect(requests).toEqual(['PUT /mlops-test/bundles/17/abc/train.py *']);
  });

  it.each([412, 409])('takes the same bytes that are there for done (%i)', async (status) => {
    const { store } = await serve((method) =>
      method === 'PUT' ? { status, code: 'PreconditionFailed' } : { status: 200, body: 'print(1)\n' },
    );
    expect(await store.putOnce('train.py', content)).toBe('was-there');
  });

  it('never replaces other bytes', async () => {
    const { store } = await serve((method) =>
      method === 'PUT' ? { status: 412, code: 'PreconditionFailed' } : { status: 200, body: 'print(2)\n' },
    );
    await expect(store.putOnce('train.py', content)).rejects.toThrow('holds another file already');
  });

  it.each([
    [403, 'AccessDenied', 'only pipelines of protected branches'],
    [404, 'NoSuchBucket', 'There is no bucket mlops-test'],
    [500, 'InternalError', 'Run the job again'],
  ])('says what %i %s means', async (status, code, says) => {
    const { store } = await serve(() => ({ status, code }));
    await expect(store.putOnce('train.py', content)).rejects.toThrow(says);
  });
});
