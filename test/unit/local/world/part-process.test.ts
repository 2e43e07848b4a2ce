import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PartDefinition, startPart } from '../../../../local/world/part-process.ts';
import { findFreePorts, requireFreePorts } from '../../../../local/world/ports.ts';

/** Serves health, and has a child of its own that would run for a minute. */
const program = `
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
writeFileSync(process.env.PIDS, String(child.pid));
require('node:http').createServer((_, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
console.log('started with', JSON.stringify(Object.keys(process.env).filter((name) => name.startsWith('MLOPS_'))));
`;

/** A process that ended but wasn't collected yet by its new parent doesn't run. */
const runs = (pid: number): boolean =>
  /^[^Z]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim());

describe('a part of the world', () => {
  let folder = '';
  let port = 0;
  const define = (source: string): PartDefinition => {
    writeFileSync(join(folder, 'program.cjs'), source);
    return {
      name: 'inbox',
      command: process.execPath,
      arguments: [join(folder, 'program.cjs')],
      environment: { PORT: String(port), PIDS: join(folder, 'child.pid') },
      healthUrl: `http://127.0.0.1:${port}/`,
      logFile: join(folder, 'logs', 'inbox.log'),
    };
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'part-'));
    port = (await findFreePorts()).inbox;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is ready when its health check answers, and inherits nothing of this environment', async () => {
    process.env.MLOPS_SECRET = 'x';
    const part = await startPart(define(program));
    delete process.env.MLOPS_SECRET;
    expect(readFileSync(part.logFile, 'utf8')).toContain('started with []');
    await part.stop();
  });

  it('leaves no process of its group behind when it is stopped', async () => {
    const part = await startPart(define(program));
    const child = Number(readFileSync(join(folder, 'child.pid'), 'utf8'));
    expect([runs(part.pid), runs(child)]).toEqual([true, true]);
    await part.stop();
    await delay(50);
    expect([runs(part.pid), runs(child)]).toEqual([false, false]);
  });

  it('that ends at start is reported with the path of its log', async () => {
    const start = startPart(define('console.error("no disk"); process.exit(3)'));
    await expect(start).rejects.toThrow(/^The inbox ended at start \(exit code 3\): its log .*inbox\.log says why\.$/);
    expect(readFileSync(join(folder, 'logs', 'inbox.log'), 'utf8')).toContain('no disk');
  });

  it('that crashes later says how it ended', async () => {
    const part = await startPart(define(program));
    process.kill(part.pid, 'SIGKILL');
    await expect(part.ended).resolves.toBe('signal SIGKILL');
    await part.stop();
    expect(existsSync(part.logFile)).toBe(true);
  });

  it('whose port is taken gets a sentence with the port and how to choose another', async () => {
    const part = await startPart(define(program));
    const ports = { web: 1, gitlab: 1, inbox: port, aws: 1, sagemaker: 1 };
    await expect(requireFreePorts(['inbox'], ports)).rejects.toThrow(
      `Port ${port}, where the inbox would listen, is taken or not allowed: stop what uses it, or choose another with --inbox-port ${port + 100} (or MLOPS_INBOX_PORT).`,
    );
    await part.stop();
  });
});
