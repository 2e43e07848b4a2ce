import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { ServiceUnavailable } from '../../domain/faults.ts';
import type { CaptureObject, CaptureObjects } from '../../ports/capture-objects.ts';
import { s3Client } from '../aws/s3-client.ts';
import { asFaults } from '../aws/translate-error.ts';
import { getObject } from './get-object.ts';
import { parseS3Uri } from './s3-uri.ts';

/** @param pageSize keys asked for at once; S3 gives 1,000 at most */
export function s3CaptureObjects(pageSize = 1000): CaptureObjects {
  const client = s3Client();
  return {
    async list(uri) {
      const { bucket, key: prefix } = parseS3Uri(uri);
      const found: CaptureObject[] = [];
      let token: string | undefined;
      do {
        const command: ListObjectsV2Command = new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          MaxKeys: pageSize,
          ...(token !== undefined && { ContinuationToken: token }),
        });
        const page: ListObjectsV2CommandOutput = await asFaults(`Listing ${uri}`, () => client.send(command));
        for (const { Key, Size = 0, LastModified } of page.Contents ?? []) {
          if (Key === undefined || LastModified === undefined) continue;
          found.push({ key: Key, sizeBytes: Size, modifiedAt: LastModified.toISOString() });
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
      return found.sort((a, b) => (a.key < b.key ? -1 : 1));
    },

    async *read(uri) {
      const { Body } = await getObject(uri);
      if (Body === undefined) return;
      const reader = Body.transformToWebStream().getReader();
      try {
        for (;;) {
          const { done, value } = await reader.read().catch((error: unknown) => {
            throw new ServiceUnavailable(`Reading ${uri} broke off.`, { cause: error });
          });
          if (done) return;
          yield value;
        }
      } finally {
        // A body that nobody reads to its end would hold its connection until the time limit.
        await reader.cancel().catch(() => undefined);
      }
    },
  };
}
