import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { packTar } from 'modern-tar';
import { checkModelArchive } from '../../../shared/adapters/check-model-archive.ts';
import { checkRequirements } from '../../../shared/domain/check-requirements.ts';
import { fakeObjectStore } from '../../fakes/object-store.ts';

const URI = 's3://mlops-test/runs/x/model.tar.gz';
const HASH = 'a'.repeat(64);

async function check(bytes: Uint8Array): Promise<string[]> {
  const objects = fakeObjectStore();
  const { versionId } = objects.put(URI, bytes);
  return checkModelArchive({ uri: URI, versionId }, objects);
}

async function archiveOf(files: Record<string, string>, links: Record<string, string> = {}): Promise<Uint8Array> {
  const entries = [
    ...Object.entries(files).map(([name, body]) => ({
      header: { name, size: Buffer.byteLength(body), type: 'file' as const },
      body,
    })),
    ...Object.entries(links).map(([name, linkname]) => ({
      header: { name, size: 0, type: 'symlink' as const, linkname },
    })),
  ];
  return gzipSync(await packTar(entries));
}

describe('a model archive', () => {
  it('is sound without requirements', async () => {
    expect(await check(await archiveOf({ 'model.joblib': 'x'.repeat(5000), 'code/inference.py': 'pass' }))).toEqual([]);
  });

  it('is sound with requirements that all have hashes', async () => {
    const requirements = `numpy==2.1.0 \\\n    --hash=sha256:${HASH}\n`;
    expect(await check(await archiveOf({ 'model.joblib': 'x', './code/requirements.txt': requirements }))).toEqual([]);
  });

  it.each([
    'code/requirements.txt',
    './code/requirements.txt',
    'code//requirements.txt',
    '/code/requirements.txt',
  ])('is refused when %s would install something unpinned', async (name) => {
    const problems = await check(await archiveOf({ 'model.joblib': 'x', [name]: 'numpy==2.1.0\n' }));
    expect(problems).toEqual([expect.stringContaining('line 1: numpy==2.1.0 has no --hash')]);
  });

  it('is refused when its requirements are a link to another file', async () => {
    const archive = await archiveOf({ 'other.txt': 'numpy\n' }, { 'code/requirements.txt': '../other.txt' });
    expect(await check(archive)).toEqual([expect.stringContaining('is a link')]);
  });

  it.each([
    ['plain text', Buffer.from('no archive at all')],
    ['a compressed text', gzipSync(Buffer.from('no archive at all'))],
    ['a cut archive', gzipSync(Buffer.alloc(2048, 1)).subarray(0, 20)],
    ['nothing', Buffer.alloc(0)],
  ])('is refused when it is %s', async (_what, bytes) => {
    expect(await check(bytes)).toEqual([expect.stringContaining('not a readable model.tar.gz')]);
  });

  it('is not blamed for a connection that broke', async () => {
    const broken = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const stream = async () => new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(broken) });
    await expect(checkModelArchive({ uri: URI, versionId: 'v1' }, { stream })).rejects.toBe(broken);
  });
});

describe('requirements', () => {
  it('may say where packages come from', () => {
    expect(
      checkRequirements(
        `--index-url https://pypi.example.com/simple\n# a comment\n\nnumpy==2.1.0 --hash=sha256:${HASH}`,
      ),
    ).toEqual([]);
  });

  it.each([
    '-r other.txt',
    '-e .',
    'git+https://example.com/x.git',
    'numpy>=1',
    './wheel.whl',
    '--editable .',
    'numpy # --hash=sha256:fake',
  ])('may not hold %s', (line) => {
    expect(checkRequirements(line)).toHaveLength(1);
  });
});
