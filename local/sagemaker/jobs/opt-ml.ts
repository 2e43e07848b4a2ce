import { closeSync, openSync, readSync, realpathSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { isInside } from '../aws/inside.ts';
import type { ContainerFolder } from '../containers/container.ts';
import { JobFailed } from './job-failed.ts';

/** The place on the host of a path inside the container. @throws JobFailed for a path that isn't below /opt/ml */
export function hostPath(folder: ContainerFolder, path: string): string {
  const clean = normalize(path).replace(/\/+$/, '');
  if (clean !== '/opt/ml' && !clean.startsWith('/opt/ml/')) {
    throw new JobFailed(
      `ClientError: LocalPath ${path} can't be used: paths of inputs and outputs begin with /opt/ml/processing.`,
    );
  }
  return join(folder.optMl, clean.slice('/opt/ml'.length));
}

export async function writeJson(folder: ContainerFolder, path: string, document: unknown): Promise<void> {
  const target = hostPath(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, JSON.stringify(document));
}

/** The place on the host of a folder that the container may have changed. @throws JobFailed if a link leads out of /opt/ml */
export async function ownFolder(folder: ContainerFolder, path: string): Promise<string> {
  await mkdir(hostPath(folder, path), { recursive: true });
  return placeInside(folder, path);
}

/** The same for one that must be there, or ENOENT is thrown. */
export async function placeInside(folder: ContainerFolder, path: string): Promise<string> {
  const place = hostPath(folder, path);
  if (await isInside(place, folder.optMl)) return place;
  throw new JobFailed(`ClientError: ${path} is a link that leads out of /opt/ml: it can't be uploaded.`);
}

/** The service takes one KB of a message. */
const LONGEST_MESSAGE = 1024;

/** What the script left in one of these files, the first that says something; empty if none does. */
export function readMessage(folder: ContainerFolder, ...paths: string[]): string {
  for (const path of paths) {
    const text = readStart(folder, path).trim();
    if (text !== '') return text;
  }
  return '';
}

function readStart(folder: ContainerFolder, path: string): string {
  const bytes = Buffer.alloc(4 * LONGEST_MESSAGE);
  let file: number | undefined;
  try {
    const place = realpathSync(hostPath(folder, path));
    if (!place.startsWith(realpathSync(folder.optMl) + sep)) return '';
    file = openSync(place, 'r');
    return bytes.toString('utf8', 0, readSync(file, bytes)).slice(0, LONGEST_MESSAGE);
  } catch {
    return ''; // Leaving one is up to the script.
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
