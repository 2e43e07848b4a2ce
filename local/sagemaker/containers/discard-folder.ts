import { randomUUID } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';

/**
 * Takes a folder away at once and removes its files in the background: a disk may take tens of milliseconds for a few of them.
 * What a killed server did not get to lies beside it.
 */
export function discardFolder(folder: string): void {
  if (!existsSync(folder)) return;
  const discarded = `${folder}.${randomUUID()}`;
  renameSync(folder, discarded);
  rm(discarded, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => undefined);
}
