import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { ContainerFolder } from '../containers/container.ts';
import { JobFailed } from './job-runner.ts';

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

/** A message that the script left, such as /opt/ml/output/failure; empty when it left none. */
export function readMessage(folder: ContainerFolder, path: string): string {
  try {
    return readFileSync(hostPath(folder, path), 'utf8').trim();
  } catch {
    return ''; // Leaving one is up to the script.
  }
}
