import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { forgetState } from '../../../../local/world/forget-state.ts';
import { stateFolderAt } from '../../../../local/world/state-folder.ts';

describe('forgetting the state of a world', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'forget-state-'));
    for (const name of ['bin', 'home', 'logs', 'tmp', 'photos']) mkdirSync(join(root, name));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('removes what the world made and nothing else', async () => {
    const folder = stateFolderAt(root);
    mkdirSync(folder.state);
    writeFileSync(folder.credentialsFile, '{}');
    expect(await forgetState(folder)).toBe(true);
    expect(readdirSync(root)).toEqual(['photos']);
  });

  it('removes nothing from a folder that never was a world, such as a home named by mistake', async () => {
    expect(await forgetState(stateFolderAt(root))).toBe(false);
    expect(existsSync(join(root, 'bin'))).toBe(true);
    expect(existsSync(join(root, 'home'))).toBe(true);
  });
});
