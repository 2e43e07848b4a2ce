import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NotFound } from '../../domain/faults.ts';
import type { CaptureObjects } from '../../ports/capture-objects.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { asFileFaults } from './file-faults.ts';

/** A file on disk, or an object in S3: `place` is its path or its URI. */
export type CaptureFile = { place: string; sizeBytes: number };

/** What lies beside captures (a report, a baseline) is none of them; a file that is named by itself may be called anything. */
const CAPTURE_NAME = /\.jsonl(\.gz)?$/;

/**
 * The capture files at a place, in the order of their names, folders within folders too: a file, a folder, or
 * `s3://bucket/prefix`. @throws NotFound, PermissionRefused, ServiceUnavailable
 */
export async function findCaptures(place: string, objects: () => Pick<CaptureObjects, 'list'>): Promise<CaptureFile[]> {
  if (place.startsWith('s3://')) return findObjects(place, objects());
  const found = await asFileFaults(place, () => stat(place));
  if (!found.isDirectory()) return [{ place, sizeBytes: found.size }];
  const entries = await asFileFaults(place, () => readdir(place, { recursive: true, withFileTypes: true }));
  const paths = entries.filter(mayBeCapture).map(({ parentPath, name }) => join(parentPath, name));
  const files = await Promise.all(
    paths.toSorted().map(async (path) => ({ path, found: await asFileFaults(path, () => stat(path)) })),
  );
  return files.filter((file) => file.found.isFile()).map((file) => ({ place: file.path, sizeBytes: file.found.size }));
}

function mayBeCapture(entry: Dirent): boolean {
  return !entry.isDirectory() && CAPTURE_NAME.test(entry.name);
}

async function findObjects(uri: string, objects: Pick<CaptureObjects, 'list'>): Promise<CaptureFile[]> {
  const { bucket, key: prefix } = parseS3Uri(uri);
  const found = await objects.list(uri);
  if (found.length === 0) throw new NotFound(`There is nothing at ${uri}.`);
  return found
    .filter(({ key }) => key === prefix || CAPTURE_NAME.test(key))
    .map(({ key, sizeBytes }) => ({ place: `s3://${bucket}/${key}`, sizeBytes }));
}
