import { PutObjectCommand } from '@aws-sdk/client-s3';
import { sha256Hex } from '../../domain/canonical-json.ts';
import { ContractBroken, DigestMismatch } from '../../domain/faults.ts';
import type { Documents } from '../../ports/documents.ts';
import { s3Client } from '../aws/s3-client.ts';
import { asFaults } from '../aws/translate-error.ts';
import { getObject } from './get-object.ts';

/** Documents of the control plane's own bucket, which is versioned and encrypted by default. */
export function s3Documents({ bucket }: { bucket: string }): Documents {
  return {
    async write(key, content, contentType) {
      const uri = `s3://${bucket}/${key}`;
      const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: contentType });
      const { VersionId } = await asFaults(`Writing ${uri}`, () => s3Client().send(command));
      if (VersionId === undefined)
        throw new ContractBroken(`The bucket ${bucket} keeps no versions. Turn versioning on.`);
      return { uri, versionId: VersionId, sha256: sha256Hex(bytes) };
    },
    async read({ uri, versionId, sha256 }) {
      const { Body } = await getObject(uri, versionId);
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      const found = sha256Hex(bytes);
      if (found === sha256) return bytes;
      throw new DigestMismatch(
        `${uri} is not the document that was recorded: its SHA-256 is ${found}, recorded was ${sha256}.`,
      );
    },
  };
}
