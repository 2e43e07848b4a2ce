import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { discardFolder, removeFolder, removeLeftovers } from '../../../../local/sagemaker/containers/discard-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'discard-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A folder as a script may leave it: closed to its owner. */
function closedFolder(name: string): string {
  const folder = join(root, name);
  mkdirSync(join(folder, 'deep', 'deeper'), { recursive: true });
  writeFileSync(join(folder, 'deep', 'deeper', 'file'), 'text');
  chmodSync(join(folder, 'deep', 'deeper'), 0o000);
  chmodSync(join(folder, 'deep'), 0o555);
  return folder;
}

describe('a folder that is discarded', () => {
  it('goes with the folders that a script has closed', async () => {
    const folder = closedFolder('job');
    await removeFolder(folder);
    expect(existsSync(folder)).toBe(false);
  });

  it('is away at once', () => {
    const folder = closedFolder('job');
    discardFolder(folder);
    expect(existsSync(folder)).toBe(false);
    expect(() => discardFolder(folder)).not.toThrow();
  });

  it('is cleared away at the next start if the server did not get to it, and nothing else is', async () => {
    closedFolder('jobs');
    closedFolder('jobs.0b5d9b1c-3a86-4f7e-9d51-6b0a2f9e7c11');
    mkdirSync(join(root, 'jobs.kept'));
    removeLeftovers(join(root, 'jobs'));
    while (readdirSync(root).length > 1) await sleep(20);
    expect(readdirSync(root)).toEqual(['jobs.kept']);
  });
});
