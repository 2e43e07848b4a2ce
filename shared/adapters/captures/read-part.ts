import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { CaptureObjects } from '../../ports/capture-objects.ts';
import { toFault } from './file-faults.ts';
import type { CaptureFile } from './find-captures.ts';

/** The lines of a file that begin in [from, to). */
export type CapturePart = { place: string; from: number; to: number };

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** Parts are the same whatever the number of workers, and with them the sums. */
export const PART_BYTES = 64 * 1024 * 1024;

export function isRemote({ place }: { place: string }): boolean {
  return place.startsWith('s3://');
}

/** Only plain files on disk can be entered in the middle. */
export function splitFile(file: CaptureFile): CapturePart[] {
  const { place, sizeBytes } = file;
  if (isRemote(file) || place.endsWith('.gz')) return [{ place, from: 0, to: sizeBytes }];
  const count = Math.max(1, Math.ceil(sizeBytes / PART_BYTES));
  return Array.from({ length: count }, (_, i) => ({
    place,
    from: i * PART_BYTES,
    to: Math.min((i + 1) * PART_BYTES, sizeBytes),
  }));
}

/** @throws NotFound, PermissionRefused, ServiceUnavailable */
export async function* readPart(
  part: CapturePart,
  objects: () => Pick<CaptureObjects, 'read'>,
): AsyncGenerator<Uint8Array> {
  const { place } = part;
  const packed = place.endsWith('.gz');
  if (isRemote(part)) {
    const body = objects().read(place);
    yield* packed ? unpack(place, body) : body;
  } else if (packed) yield* unpack(place, createReadStream(place));
  else yield* readLines(part);
}

async function* unpack(place: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of pipeline(body, createGunzip(), () => undefined)) yield chunk;
  } catch (error) {
    throw toFault(place, error);
  }
}

/**
 * A line belongs to the part in which it begins: from the first newline on at or after `from - 1`, to the first at or after `to - 1`.
 * Each chunk is valid until the next one is asked for: one buffer serves them all.
 */
async function* readLines({ place, from, to }: CapturePart): AsyncGenerator<Uint8Array> {
  try {
    await using file = await open(place);
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let position = Math.max(0, from - 1);
    let begun = from === 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      const start = begun ? 0 : chunk.indexOf(NEWLINE) + 1;
      begun ||= start > 0;
      const last = chunk.indexOf(NEWLINE, Math.max(0, to - 1 - position));
      const isLast = position + bytesRead >= to && last !== -1;
      if (begun) yield chunk.subarray(start, isLast ? last + 1 : bytesRead);
      if (isLast) return;
      position += bytesRead;
    }
  } catch (error) {
    throw toFault(place, error);
  }
}
