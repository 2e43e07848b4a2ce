import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { findCaptures } from '../shared/adapters/captures/find-captures.ts';
import { readCaptureFiles } from '../shared/adapters/captures/read-capture-files.ts';
import { s3CaptureObjects } from '../shared/adapters/s3/capture-objects.ts';
import type { SealedBaseline } from '../shared/domain/drift/baseline.ts';
import type { WindowState } from '../shared/domain/drift/window-state.ts';
import { Fault } from '../shared/domain/faults.ts';
import { saidBy } from './error-facts.ts';
import { percentShower } from './percent-shower.ts';
import type { TimeSpan } from './read-time-span.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Built beside the bundle of the command. */
const WORKER = new URL('./capture-worker.mjs', import.meta.url);

/**
 * What is counted in the captures of a file, of a folder and those below it, or of a prefix in S3, with every core.
 * @throws UsageError where there are none, or one of them can't be read
 */
export async function readWindow(
  captures: string,
  sealed: SealedBaseline,
  { window }: TimeSpan,
  terminal: Terminal,
): Promise<WindowState> {
  const place = captures.startsWith('s3://') ? captures : resolve(terminal.cwd, captures);
  try {
    const files = await findCaptures(place, s3CaptureObjects);
    if (files.length === 0)
      throw new UsageError(`There are no captures in ${captures}: no file there has a name that ends in .jsonl.`);
    const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const shower = percentShower(terminal, 'Reading captures', total);
    const options = { threads: availableParallelism(), workerFile: WORKER, objects: s3CaptureObjects };
    return await readCaptureFiles(files, sealed, {
      ...options,
      onProgress: shower.show,
      ...(window && { window }),
    }).finally(shower.clear);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(refusal(captures, error), { cause: error });
  }
}

function refusal(place: string, error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  const isInS3 = place.startsWith('s3://');
  if (name === 'NoSuchBucket') return `There is no bucket for ${place}.`;
  if (name === 'CredentialsProviderError')
    return `There are no AWS credentials to read ${place}: set AWS_PROFILE, or sign in.`;
  if (isInS3 && saidBy(error) === 'Region is missing')
    return `The region of ${place} is not known: set AWS_REGION, or name it in your AWS profile.`;
  if (name === 'PermissionRefused' && isInS3)
    return `S3 refuses to let you read ${place}: s3:ListBucket and s3:GetObject are needed, and kms:Decrypt where it is encrypted.`;
  return error instanceof Fault ? error.message : `${place} can't be read: ${saidBy(error)}`;
}
