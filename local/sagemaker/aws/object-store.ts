import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Configuration } from '../configuration.ts';
import { isInside } from './inside.ts';
import { parseS3Uri, placeBelow, type S3Location, underPrefix } from './s3-uri.ts';

/** A URI of a request that leads nowhere; the message is for the one who wrote the request. */
export class ObjectUnavailable extends Error {
  override readonly name = 'ObjectUnavailable';
}

/** What a download may still take; throws when it is used up. */
type Allowance = { take: (bytes: number) => void };

const AT_ONCE = 8;
/** Smaller files are sent from memory: a stream can't be sent again after a failed try. */
const STREAM_FROM_BYTES = 64 * 1024 * 1024;
/** Manifests and property files are read whole. */
const LARGEST_TEXT_BYTES = 32 * 1024 * 1024;
/** Patient enough to live through a restart of the local AWS. */
const TRIES = 8;

/** S3 as jobs and model workers use it: whole prefixes down, whole folders up. */
export class ObjectStore {
  readonly #s3: S3Client;
  readonly #region: string;

  constructor(configuration: Configuration) {
    this.#region = configuration.region;
    this.#s3 = new S3Client({
      endpoint: configuration.awsEndpoint,
      region: configuration.region,
      forcePathStyle: true,
      maxAttempts: TRIES,
      credentials: { accessKeyId: configuration.accessKeyId, secretAccessKey: configuration.secretAccessKey },
    });
  }

  /** @throws ObjectUnavailable */
  async readText(uri: string, versionId?: string): Promise<string> {
    const { bucket, key } = location(uri);
    const answer = await this.#asked(uri, () =>
      this.#s3.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          ...(versionId === undefined ? {} : { VersionId: versionId }),
        }),
      ),
    );
    if ((answer.ContentLength ?? 0) > LARGEST_TEXT_BYTES) {
      if (answer.Body instanceof Readable) answer.Body.destroy();
      throw new ObjectUnavailable(
        `${uri} has ${answer.ContentLength} bytes, more than the ${LARGEST_TEXT_BYTES} that are read at once.`,
      );
    }
    return (await answer.Body?.transformToString('utf8')) ?? '';
  }

  async writeText(uri: string, text: string | Buffer, contentType: string): Promise<void> {
    const { bucket, key } = location(uri);
    await this.#s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: contentType }));
  }

  /** @throws ObjectUnavailable */
  async downloadObject(uri: string, path: string, allowance?: Allowance): Promise<void> {
    const { bucket, key } = location(uri);
    const answer = await this.#asked(uri, () => this.#s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
    try {
      allowance?.take(answer.ContentLength ?? 0);
    } catch (error) {
      if (answer.Body instanceof Readable) answer.Body.destroy();
      throw error;
    }
    await mkdir(dirname(path), { recursive: true });
    if (answer.Body instanceof Readable) await pipeline(answer.Body, createWriteStream(path));
  }

  /**
   * An object lands in the folder under its base name, a prefix with the paths below it.
   * @throws ObjectUnavailable when nothing is there, or more than the allowance has room for
   */
  async downloadPrefix(uri: string, folder: string, allowance?: Allowance): Promise<void> {
    const { bucket, key } = location(uri);
    const keys = await this.#asked(uri, () => this.#keysFor(bucket, key));
    if (keys.length === 0) {
      throw new ObjectUnavailable(
        `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (${this.#region}), that objects exist under that S3 prefix, and that the role has "s3:ListBucket" permissions on bucket "${bucket}".`,
      );
    }
    await mkdir(folder, { recursive: true });
    await inGroups(keys, async (found) => {
      const place = placeBelow(found, key);
      if (place === undefined) throw new ObjectUnavailable(`The key ${found} leads out of its prefix.`);
      await this.downloadObject(`s3://${bucket}/${found}`, join(folder, place), allowance);
    });
  }

  /** Is anything at the URI? */
  async holds(uri: string): Promise<boolean> {
    const { bucket, key } = location(uri);
    return (await this.#asked(uri, () => this.#keysFor(bucket, key))).length > 0;
  }

  /** Every file below the folder, under the prefix, with its relative path; links that lead out of the folder are left out. */
  async uploadFolder(folder: string, uri: string): Promise<void> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    await inGroups(files, async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const there = entry.isFile() || (entry.isSymbolicLink() && (await isFileInside(file, folder)));
      if (there) await this.uploadFile(file, underPrefix(uri, relative(folder, file)));
    });
  }

  async uploadFile(path: string, uri: string): Promise<void> {
    const { bucket, key } = location(uri);
    const { size } = await stat(path);
    const body = async () => (size < STREAM_FROM_BYTES ? await readFile(path) : createReadStream(path));
    await this.#asked(uri, async () =>
      this.#s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await body(), ContentLength: size })),
    );
  }

  /** The object itself if there is one of that key, else all below it, else all whose keys begin so. */
  async #keysFor(bucket: string, key: string): Promise<string[]> {
    const keys: string[] = [];
    let continuation: string | undefined;
    do {
      const answer = await this.#s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: key,
          ...(continuation === undefined ? {} : { ContinuationToken: continuation }),
        }),
      );
      for (const { Key } of answer.Contents ?? []) if (Key !== undefined) keys.push(Key);
      continuation = answer.NextContinuationToken;
    } while (continuation !== undefined);
    if (key !== '' && keys.includes(key) && !key.endsWith('/')) return [key];
    const prefix = key === '' || key.endsWith('/') ? key : `${key}/`;
    const files = keys.filter((found) => !found.endsWith('/'));
    const below = files.filter((found) => found.startsWith(prefix));
    return below.length > 0 ? below : files;
  }

  async #asked<Answer>(uri: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      const refusals = ['NoSuchKey', 'NoSuchBucket', 'NoSuchVersion', 'AccessDenied', 'NotFound'];
      if (error instanceof Error && refusals.includes(error.name)) {
        throw new ObjectUnavailable(`${uri} can't be used: ${error.name}: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }
}

async function isFileInside(path: string, folder: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && (await isInside(path, folder));
}

function location(uri: string): S3Location {
  const parsed = parseS3Uri(uri);
  if (parsed === undefined) throw new ObjectUnavailable(`${uri} is not an S3 URI: write s3://bucket/key.`);
  return parsed;
}

async function inGroups<Item>(items: Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}
