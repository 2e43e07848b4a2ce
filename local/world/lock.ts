import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './error-code.ts';

/** An owner writes its id at once; a folder that has none for longer was left by one that ended in between. */
const namelessMs = 10_000;

/**
 * Runs an action while no other process of this machine runs one under the same lock folder. `onWait` is called once if
 * another does.
 */
export async function withLock<T>(folder: string, action: () => Promise<T>, onWait: () => void): Promise<T> {
  if (!(await tryLock(folder))) {
    onWait();
    while (!(await tryLock(folder))) await delay(200);
  }
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
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const owner = Number(await readFile(ownerFile, 'utf8').catch(() => ''));
    const isLeftOver = owner > 0 ? !isAlive(owner) : await isOlderThan(namelessMs, folder);
    if (!isLeftOver) return false;
    await rm(folder, { recursive: true, force: true });
    return tryLock(folder);
  }
  await writeFile(ownerFile, String(process.pid));
  return true;
}

async function isOlderThan(milliseconds: number, path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > milliseconds;
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
