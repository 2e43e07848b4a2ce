import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { StateFolder } from './state-folder.ts';

/**
 * Removes what a world keeps below its folder, and nothing else that lies there. Answers false, and removes nothing, where no
 * world has ever been: the folder may have been named by mistake.
 */
export async function forgetState(folder: StateFolder): Promise<boolean> {
  if (!existsSync(folder.credentialsFile)) return false;
  const forgotten = [folder.logs, folder.temporary, folder.home, folder.tools, folder.runFile];
  await Promise.all(forgotten.map((path) => rm(path, { recursive: true, force: true })));
  // Last, because it holds what tells a world's folder from another.
  await rm(folder.state, { recursive: true, force: true });
  return true;
}
