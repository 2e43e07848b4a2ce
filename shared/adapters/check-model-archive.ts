import { posix } from 'node:path';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { checkRequirements } from '../domain/check-requirements.ts';
import type { ObjectStore } from '../ports/documents.ts';

const REQUIREMENTS = 'code/requirements.txt';
const MAX_REQUIREMENTS_BYTES = 1_048_576;
/** An archive that unpacks to more than this is no model that an endpoint could load. */
const MAX_UNPACKED_BYTES = 20 * 1024 ** 3;

/**
 * What forbids to serve a model archive: that it is none, or that it would install packages at start which nobody approved.
 * One sentence each; none for a sound archive. The archive is streamed, never held.
 */
export async function checkModelArchive(
  artifact: { uri: string; versionId: string },
  objects: Pick<ObjectStore, 'stream'>,
): Promise<string[]> {
  const archive = await objects.stream(artifact.uri, artifact.versionId);
  const problems: string[] = [];
  let files = 0;
  const entries = archive
    .pipeThrough(withoutSharedMemory())
    .pipeThrough(new DecompressionStream('gzip'))
    .pipeThrough(atMost(MAX_UNPACKED_BYTES))
    .pipeThrough(createTarDecoder());
  try {
    for await (const entry of entries) {
      files += 1;
      problems.push(...(await checkEntry(entry)));
    }
  } catch (error) {
    if (isBrokenTransfer(error)) throw error;
    return [unreadable(error instanceof Error ? error.message : String(error))];
  }
  if (files === 0) return [unreadable('it holds no file')];
  return problems;
}

function unreadable(why: string): string {
  return `The model artifact is not a readable model.tar.gz (${why}). Let the training script leave its files in SM_MODEL_DIR.`;
}

async function checkEntry({ header, body }: ParsedTarEntry): Promise<string[]> {
  const name = posix
    .normalize(header.name)
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/$/, '');
  const isLink = header.type === 'symlink' || header.type === 'link';
  if (isLink && (name === 'code' || name === REQUIREMENTS)) {
    await body.cancel();
    return [`${name} in the model artifact is a link; put the file itself there, so that it can be checked.`];
  }
  if (name !== REQUIREMENTS) {
    await drain(body);
    return [];
  }
  if (header.size > MAX_REQUIREMENTS_BYTES) {
    await body.cancel();
    return [
      `${REQUIREMENTS} in the model artifact has ${header.size} bytes; at most ${MAX_REQUIREMENTS_BYTES} are read.`,
    ];
  }
  return checkRequirements(await new Response(body).text());
}

async function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  for await (const _chunk of body) {
    // Only the bytes' passing matters: the next entry comes after them.
  }
}

/** A broken connection to S3 says nothing about the archive. */
function isBrokenTransfer(error: unknown): boolean {
  return error instanceof Error && ('code' in error ? /^E[A-Z]+$/.test(String(error.code)) : 'transient' in error);
}

/** The decompressor's type asks for bytes that no other thread holds. */
function withoutSharedMemory(): TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  return new TransformStream({ transform: (chunk, controller) => controller.enqueue(new Uint8Array(chunk)) });
}

function atMost(bytes: number): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > bytes) controller.error(new RangeError(`it unpacks to more than ${bytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
}
