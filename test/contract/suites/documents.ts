import { beforeEach, expect, it } from '@jest/globals';
import { sha256Hex } from '../../../shared/domain/canonical-json.ts';
import { DigestMismatch, NotFound } from '../../../shared/domain/faults.ts';
import { DocumentReference } from '../../../shared/domain/identifiers.ts';
import type { Documents } from '../../../shared/ports/documents.ts';
import { anyId } from './any-names.ts';

/** What every `Documents` does. */
export function documentsContract(make: () => Promise<Documents>) {
  let documents: Documents;
  let key: string;

  beforeEach(async () => {
    documents = await make();
    key = `documents/${anyId()}/policy.json`;
  });

  const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

  it('gives back the bytes of a reference, with their digest', async () => {
    const reference = await documents.write(key, '{"grüße":1}', 'application/json');
    expect(DocumentReference.parse(reference)).toEqual(reference);
    expect(reference.sha256).toBe(sha256Hex('{"grüße":1}'));
    expect(textOf(await documents.read(reference))).toBe('{"grüße":1}');
  });

  it('gives back the version that was referred to, after the key was written again', async () => {
    const first = await documents.write(key, 'first', 'text/plain');
    const second = await documents.write(key, new Uint8Array([1, 2, 3]), 'application/octet-stream');
    expect(textOf(await documents.read(first))).toBe('first');
    expect([...(await documents.read(second))]).toEqual([1, 2, 3]);
  });

  it('refuses bytes that are not those of the reference', async () => {
    const reference = await documents.write(key, 'first', 'text/plain');
    await expect(documents.read({ ...reference, sha256: 'f'.repeat(64) })).rejects.toThrow(DigestMismatch);
  });

  it('says when there is no such document', async () => {
    const reference = await documents.write(key, 'first', 'text/plain');
    await expect(documents.read({ ...reference, uri: `${reference.uri}.gone` })).rejects.toThrow(NotFound);
  });
}
