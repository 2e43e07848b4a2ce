import { sha256Hex } from '../../shared/domain/canonical-json.ts';
import { DigestMismatch, NotFound } from '../../shared/domain/faults.ts';
import type { DocumentReference } from '../../shared/domain/identifiers.ts';
import type { Documents } from '../../shared/ports/documents.ts';

export type FakeDocuments = Documents & {
  bucket: string;
  /** Changes the stored bytes behind a reference, as an intruder would. */
  tamper: (reference: DocumentReference, content: string) => void;
};

export function fakeDocuments(bucket = 'mlops-test'): FakeDocuments {
  const versions = new Map<string, Uint8Array>();
  const placeOf = ({ uri, versionId }: Pick<DocumentReference, 'uri' | 'versionId'>) => `${uri}#${versionId}`;
  const bytesOf = (content: Uint8Array | string) =>
    new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content);
  return {
    bucket,
    tamper: (reference, content) => {
      versions.set(placeOf(reference), bytesOf(content));
    },
    async write(key, content) {
      const bytes = bytesOf(content);
      const reference = { uri: `s3://${bucket}/${key}`, versionId: `v${versions.size + 1}`, sha256: sha256Hex(bytes) };
      versions.set(placeOf(reference), bytes);
      return reference;
    },
    async read(reference) {
      const bytes = versions.get(placeOf(reference));
      if (bytes === undefined)
        throw new NotFound(`There is no object ${reference.uri} in version ${reference.versionId}.`);
      if (sha256Hex(bytes) !== reference.sha256)
        throw new DigestMismatch(`${reference.uri} is not the document that was recorded.`);
      return bytes;
    },
  };
}
