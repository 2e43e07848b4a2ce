import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const AT_ITS_END = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };
const DISCARDED = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Takes a folder away at once and removes its files in the background: a disk may take tens of milliseconds for a few of them.
 * What a killed server did not get to lies beside it.
 */
export function discardFolder(folder: string): void {
  if (existsSync(folder)) void removeFolder(setAside(folder));
}

/** Clears away what containers of a former run left, and what that run did not get to; those may still be on their way out. */
export function removeLeftovers(folder: string): void {
  if (!existsSync(dirname(folder))) return;
  const name = basename(folder);
  const beside = readdirSync(dirname(folder)).filter(
    (each) => each.startsWith(name) && DISCARDED.test(each.slice(name.length)),
  );
  for (const each of beside) void removeFolder(join(dirname(folder), each));
  discardFolder(folder);
}

/** Whatever modes a script has given its folders. What can't be removed stays: nobody waits for it. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, AT_ITS_END);
  } catch {
    await openFolders(folder);
    await rm(folder, AT_ITS_END).catch(() => undefined);
  }
}

/** A folder that can't be renamed is removed where it is. */
function setAside(folder: string): string {
  const aside = `${folder}.${randomUUID()}`;
  try {
    renameSync(folder, aside);
    return aside;
  } catch {
    return folder;
  }
}

async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(() => undefined);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await openFolders(join(folder, entry.name));
}
