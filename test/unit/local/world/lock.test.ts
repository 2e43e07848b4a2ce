import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withLock } from '../../../../local/world/lock.ts';

/** Above every id that a system gives. */
const nobody = 2 ** 30;

describe('a lock between processes', () => {
  let root = '';
  let lock = '';
  const waits: string[] = [];
  const onWait = () => void waits.push('waits');
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lock-'));
    lock = join(root, 'venv.lock');
    waits.length = 0;
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('lets one action after the other run, and says once that the second waits', async () => {
    const steps: string[] = [];
    const action = (name: string) => async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      steps.push(`${name} ends`);
    };
    await Promise.all([withLock(lock, action('a'), onWait), withLock(lock, action('b'), onWait)]);
    const [first = '', , second = ''] = steps;
    expect(steps).toEqual([first, first.replace('begins', 'ends'), second, second.replace('begins', 'ends')]);
    expect(waits).toEqual(['waits']);
    expect(existsSync(lock)).toBe(false);
  });

  it('is taken at once from a process that ended without letting go', async () => {
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(nobody));
    expect(await withLock(lock, async () => 'done', onWait)).toBe('done');
    expect(waits).toEqual([]);
  });

  it('is taken from one that ended before it could write its id', async () => {
    mkdirSync(lock);
    utimesSync(lock, new Date(0), new Date(0));
    expect(await withLock(lock, async () => 'done', onWait)).toBe('done');
  });

  it('fails instead of waiting for ever where no lock can be made', async () => {
    await expect(withLock(join(root, 'missing', 'venv.lock'), async () => 'done', onWait)).rejects.toThrow(/ENOENT/);
  });
});
