import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { projectRoot } from '../../local/world/project-root.ts';

const Run = z.object({ ports: z.object({ gitlab: z.number() }) });

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/_local/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Where the GitLab of a world listens once it is up. */
async function portOf(folder: string): Promise<number | undefined> {
  try {
    return Run.parse(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).ports.gitlab;
  } catch {
    return undefined;
  }
}

describe('a world that npm started', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('ends with npm when that gets a %s', async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'killed-npm-'));
    const command = ['run', '--silent', 'local', '--', '--only', 'gitlab', '--free-ports', '--state-folder', folder];
    const npm = spawn('npm', command, { cwd: projectRoot, stdio: 'ignore' });
    let port: number | undefined;
    await until(async () => {
      port = await portOf(folder);
      return port !== undefined && (await answers(port));
    });
    npm.kill(signal);
    await once(npm, 'exit');
    await until(async () => port !== undefined && !(await answers(port)));
    expect(await answers(port ?? 0)).toBe(false);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
});
