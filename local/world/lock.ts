import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './error-code.ts';

/** Runs an action while no other process of this machine runs one under the same lock folder. */
export async function withLock<T>(folder: string, action: () => Promise<T>): Promise<T> {
  while (!(await tryLock(folder))) await delay(200);
  try {
    return await action();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryLock(folder: string): Promise<boolean> {
  const ownerFile = join(folder, 'pid');
  try {
    await mkdir(folder);
    await writeFile(ownerFile, String(process.pid));
    return true;
  } catch {
    const owner = Number(await readFile(ownerFile, 'utf8').catch(() => ''));
    // An owner that ended without letting go; one that hasn't written its id yet is given the time to.
    if (owner > 0 && !isAlive(owner)) await rm(folder, { recursive: true, force: true });
    return false;
  }
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
