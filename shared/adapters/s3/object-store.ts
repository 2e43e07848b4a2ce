import { createHash } from 'node:crypto';
import { CopyObjectCommand, HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ContractBroken, NotFound, ServiceUnavailable } from '../../domain/faults.ts';
import type { ObjectStore, StoredObject, TooLarge } from '../../ports/documents.ts';
import { s3Client } from '../aws/s3-client.ts';
import { asFaults, isNamed } from '../aws/translate-error.ts';
import { getObject } from './get-object.ts';
import { parseS3Uri } from './s3-uri.ts';

/** Versions of buckets that keep none carry this id. */
const NO_VERSION = 'null';
const MISSING = ['NotFound', 'NoSuchKey', 'NoSuchVersion', 'NoSuchBucket'];

export function s3ObjectStore(): ObjectStore {
  const client = s3Client();
  return {
    async list(uri) {
      const { bucket, key: prefix } = parseS3Uri(uri);
      const found: StoredObject[] = [];
      let page: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
      while (page !== undefined) {
        const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({
          Bucket: bucket,
          Prefix: prefix,
          ...page,
        });
        const answer = await orNoBucket(() => asFaults(`Listing ${uri}`, () => client.send(command)));
        if (answer === undefined) return [];
        for (const { Key, VersionId, ETag, Size, IsLatest } of answer.Versions ?? []) {
          if (Key === undefined || IsLatest !== true) continue;
          found.push({
            key: Key,
            versionId: VersionId ?? NO_VERSION,
            etag: (ETag ?? '').replaceAll('"', ''),
            sizeBytes: Size ?? 0,
          });
        }
        page = answer.IsTruncated
          ? {
              ...(answer.NextKeyMarker !== undefined && { KeyMarker: answer.NextKeyMarker }),
              ...(answer.NextVersionIdMarker !== undefined && { VersionIdMarker: answer.NextVersionIdMarker }),
            }
          : undefined;
      }
      return found.sort((a, b) => (a.key < b.key ? -1 : 1));
    },

    async head(uri) {
      const { bucket, key } = parseS3Uri(uri);
      try {
        const answer = await asFaults(`Looking at ${uri}`, () =>
          client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })),
        );
        return { versionId: answer.VersionId ?? NO_VERSION, sizeBytes: answer.ContentLength ?? 0 };
      } catch (error) {
        if (isNamed(error, ...MISSING)) return undefined;
        throw error;
      }
    },

    async find(uri, maxBytes) {
      try {
        return await readAtMost(uri, maxBytes);
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },

    async read(uri, maxBytes, versionId) {
      const found = await readAtMost(uri, maxBytes, versionId);
      if ('bytes' in found) return found;
      throw new ContractBroken(`${uri} has ${found.sizeBytes} bytes; at most ${maxBytes} are read.`);
    },

    async digest(uri, versionId) {
      const { Body, VersionId } = await getObject(uri, versionId);
      const hash = createHash('sha256');
      let sizeBytes = 0;
      if (Body !== undefined) {
        for await (const chunk of bytesOf(uri, Body.transformToWebStream())) {
          hash.update(chunk);
          sizeBytes += chunk.byteLength;
        }
      }
      return { sha256: hash.digest('hex'), versionId: VersionId ?? versionId ?? NO_VERSION, sizeBytes };
    },

    async copy(from, to) {
      const source = parseS3Uri(from.uri);
      const target = parseS3Uri(to);
      const path = `${source.bucket}/${source.key.split('/').map(encodeURIComponent).join('/')}`;
      const version = from.versionId === undefined ? '' : `?versionId=${encodeURIComponent(from.versionId)}`;
      const command = new CopyObjectCommand({ Bucket: target.bucket, Key: target.key, CopySource: path + version });
      try {
        const { VersionId } = await asFaults(`Copying ${from.uri} to ${to}`, () => client.send(command));
        return { versionId: VersionId ?? NO_VERSION };
      } catch (error) {
        if (!isNamed(error, ...MISSING)) throw error;
        throw new NotFound(`There is no object ${from.uri} to copy.`, { cause: error });
      }
    },

    async putOnce(uri, bytes, contentType) {
      const { bucket, key } = parseS3Uri(uri);
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: contentType,
        IfNoneMatch: '*',
      });
      try {
        await asFaults(`Writing ${uri}`, () => client.send(command));
      } catch (error) {
        if (isNamed(error, 'PreconditionFailed')) return;
        if (isNamed(error, 'ConditionalRequestConflict'))
          throw new ServiceUnavailable(`${uri} is being written by somebody else.`, { cause: error });
        throw error;
      }
    },

    async stream(uri, versionId) {
      const { Body } = await getObject(uri, versionId);
      if (Body === undefined) throw new ContractBroken(`${uri} came without a body.`);
      return Body.transformToWebStream();
    },
  };
}

async function readAtMost(
  uri: string,
  maxBytes: number,
  versionId?: string,
): Promise<{ bytes: Uint8Array; versionId: string } | TooLarge> {
  const { Body, ContentLength, VersionId } = await getObject(uri, versionId);
  if (Body === undefined || ContentLength === undefined)
    throw new ContractBroken(`${uri} came without a body, or without its size.`);
  if (ContentLength > maxBytes) {
    // A body that nobody reads would hold its connection until the time limit.
    await Body.transformToWebStream().cancel();
    return { sizeBytes: ContentLength };
  }
  return { bytes: await Body.transformToByteArray(), versionId: VersionId ?? versionId ?? NO_VERSION };
}

/** A bucket that is not there holds nothing, as a prefix below which nothing lies. */
async function orNoBucket<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isNamed(error, 'NoSuchBucket')) return undefined;
    throw error;
  }
}

/** A connection that breaks in the middle of an object is a fault that passes. */
async function* bytesOf(uri: string, stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new ServiceUnavailable(`Reading ${uri} broke off.`, { cause: error });
    });
    if (done) return;
    yield value;
  }
}
