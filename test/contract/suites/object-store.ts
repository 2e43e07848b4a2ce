import { beforeEach, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../../shared/domain/canonical-json.ts';
import { ContractBroken, NotFound } from '../../../shared/domain/faults.ts';
import type { ObjectStore } from '../../../shared/ports/documents.ts';
import { anyId } from './any-names.ts';

type Put = (uri: string, content: string) => Promise<{ versionId: string }>;

/** What every `ObjectStore` does; `put` writes as somebody else would. */
export function objectStoreContract(make: () => Promise<{ objects: ObjectStore; bucket: string; put: Put }>) {
  let objects: ObjectStore;
  let put: Put;
  let root: string;

  beforeEach(async () => {
    const made = await make();
    ({ objects, put } = made);
    root = `s3://${made.bucket}/${anyId()}`;
  });

  const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

  it('lists what lies below a prefix, sorted, each with its current version', async () => {
    await put(`${root}/b.csv`, 'old');
    const b = await put(`${root}/b.csv`, 'newer');
    const a = await put(`${root}/a/ü 1.csv`, 'x');
    await put(`${root}-other/c.csv`, 'x');
    const found = await objects.list(`${root}/`);
    const prefix = root.replace(/^s3:\/\/[^/]+\//, '');
    expect(found.map(({ key, versionId, sizeBytes }) => ({ key, versionId, sizeBytes }))).toEqual([
      { key: `${prefix}/a/ü 1.csv`, versionId: a.versionId, sizeBytes: 1 },
      { key: `${prefix}/b.csv`, versionId: b.versionId, sizeBytes: 5 },
    ]);
    expect(found.every(({ etag }) => /^[0-9a-f]{32}/.test(etag))).toBe(true);
  });

  it('lists nothing where nothing lies', async () => {
    expect(await objects.list(`${root}/none/`)).toEqual([]);
    expect(await objects.list(`s3://mlops-no-such-bucket-${anyId()}/none/`)).toEqual([]);
  });

  it('tells an object that is missing from one that is there', async () => {
    const { versionId } = await put(`${root}/x`, 'four');
    expect(await objects.head(`${root}/x`)).toEqual({ versionId, sizeBytes: 4 });
    expect(await objects.head(`${root}/y`)).toBeUndefined();
  });

  describe('reading', () => {
    it('reads the current version, or the one that is asked for', async () => {
      const first = await put(`${root}/x`, 'first');
      const second = await put(`${root}/x`, 'second');
      const current = await objects.read(`${root}/x`, 100);
      expect([textOf(current.bytes), current.versionId]).toEqual(['second', second.versionId]);
      expect(textOf((await objects.read(`${root}/x`, 100, first.versionId)).bytes)).toBe('first');
    });

    it('reads nothing that is larger than the caller can take', async () => {
      await put(`${root}/x`, '12345');
      await expect(objects.read(`${root}/x`, 4)).rejects.toThrow(ContractBroken);
      expect(textOf((await objects.read(`${root}/x`, 5)).bytes)).toBe('12345');
    });

    it('finds an object that may be there, and only its size where it is larger than the caller can take', async () => {
      const { versionId } = await put(`${root}/x`, '12345');
      expect(await objects.find(`${root}/x`, 5)).toEqual({ bytes: new Uint8Array(Buffer.from('12345')), versionId });
      expect(await objects.find(`${root}/x`, 4)).toEqual({ sizeBytes: 5 });
      expect(await objects.find(`${root}/y`, 5)).toBeUndefined();
    });

    it('says when there is nothing to read', async () => {
      await expect(objects.read(`${root}/none`, 100)).rejects.toThrow(NotFound);
      await expect(objects.digest(`${root}/none`)).rejects.toThrow(NotFound);
      await expect(objects.stream(`${root}/none`)).rejects.toThrow(NotFound);
    });

    it('gives the digest, size and version of an object without holding it', async () => {
      const content = 'x'.repeat(300_000);
      const { versionId } = await put(`${root}/big`, content);
      expect(await objects.digest(`${root}/big`)).toEqual({
        sha256: sha256Hex(content),
        versionId,
        sizeBytes: 300_000,
      });
    });

    it('streams an object', async () => {
      await put(`${root}/x`, 'streamed');
      expect(await new Response(await objects.stream(`${root}/x`)).text()).toBe('streamed');
    });
  });

  it('copies exactly the version that is named', async () => {
    const first = await put(`${root}/from +ü?.txt`, 'first');
    await put(`${root}/from +ü?.txt`, 'second');
    const { versionId } = await objects.copy({ uri: `${root}/from +ü?.txt`, versionId: first.versionId }, `${root}/to`);
    expect(await objects.head(`${root}/to`)).toEqual({ versionId, sizeBytes: 5 });
    expect(textOf((await objects.read(`${root}/to`, 10)).bytes)).toBe('first');
    await expect(objects.copy({ uri: `${root}/none` }, `${root}/to`)).rejects.toThrow(NotFound);
  });

  it('puts bytes under a key once; what lies there stays', async () => {
    await objects.putOnce(`${root}/code/train.py`, Buffer.from('first'), 'text/x-python');
    await objects.putOnce(`${root}/code/train.py`, Buffer.from('second'), 'text/x-python');
    expect(textOf((await objects.read(`${root}/code/train.py`, 10)).bytes)).toBe('first');
  });
}
