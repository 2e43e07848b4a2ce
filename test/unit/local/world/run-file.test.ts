import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultPorts } from '../../../../local/world/ports.ts';
import { type RunFile, readRunFile, writeRunFile } from '../../../../local/world/run-file.ts';

describe('the run file of a world', () => {
  let folder = '';
  const file = (): string => join(folder, 'run.json');
  const run: RunFile = {
    pid: process.pid,
    startedAt: '2026-11-23T16:00:00.000Z',
    parts: ['aws'],
    ports: { ...defaultPorts },
    ready: true,
    environment: { AWS_REGION: 'eu-central-1' },
    control: { url: 'http://127.0.0.1:1', token: 't' },
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'run-file-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is read back as it was written while its process lives', () => {
    writeRunFile(file(), run);
    expect(readRunFile(file())).toEqual(run);
  });

  it('of a process that is gone counts as no world', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeRunFile(file(), { ...run, pid });
    expect(readRunFile(file())).toBeUndefined();
  });

  it('that is missing or broken counts as no world', () => {
    expect(readRunFile(file())).toBeUndefined();
    writeFileSync(file(), '{"pid":');
    expect(readRunFile(file())).toBeUndefined();
  });
});
