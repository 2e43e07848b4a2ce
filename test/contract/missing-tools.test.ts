import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const NO_GIT = 'git was not found: install git so that "git --version" works, then start again.';
const NO_PYTHON =
  'Python 3.10 or later was not found: install it (with venv) so that "python3 --version" shows it, then start again.';

type Ending = { exitCode: number; out: string; lines: string[] };

let folder: string;
let listener: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mlops-missing-'));
});

afterEach(() => {
  listener?.close();
  listener = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** What `npm run …` does, on a machine whose PATH has nothing but these programs. */
function start(script: string, programArguments: string[], programs: Record<string, string> = {}): Promise<Ending> {
  for (const [name, file] of Object.entries(programs)) symlinkSync(file, path.join(folder, name));
  const own = Object.entries(process.env).filter(([name]) => !/^(MLOPS_|NODE_OPTIONS$)/.test(name));
  const env = { ...Object.fromEntries(own), PATH: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...programArguments], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, out: stdout, lines: stderr.trim().split('\n') });
    });
  });
}

async function whereIs(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', `command -v ${program}`], (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    );
  });
}

async function takenPort(): Promise<number> {
  const server = createServer();
  listener = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The listener has no port.');
  return address.port;
}

describe('a machine that lacks something', () => {
  const fresh = () => ['--free-ports', '--state-folder', path.join(folder, 'world')];

  it.each(['local', 'demo'])('is told to install git by `npm run %s`', async (program) => {
    const { exitCode, lines } = await start('scripts/run.mjs', [program, ...fresh()]);
    expect({ exitCode, lastLine: lines.at(-1) }).toEqual({ exitCode: 1, lastLine: NO_GIT });
  });

  it.each(['local', 'demo'])('is told to install Python by `npm run %s`', async (program) => {
    const { exitCode, lines } = await start('scripts/run.mjs', [program, ...fresh()], { git: await whereIs('git') });
    expect({ exitCode, lastLine: lines.at(-1) }).toEqual({ exitCode: 1, lastLine: NO_PYTHON });
  });

  it('is told which port is taken, and how to choose another', async () => {
    const port = await takenPort();
    const options = [...fresh(), '--inbox-port', String(port)];
    const { exitCode, lines } = await start('scripts/run.mjs', ['local', ...options]);
    expect({ exitCode, lastLine: lines.at(-1) }).toEqual({
      exitCode: 1,
      lastLine:
        `Port ${port}, where the inbox would listen, is taken or not allowed: ` +
        `stop what uses it, or choose another with --inbox-port ${port + 100} (or MLOPS_INBOX_PORT).`,
    });
  });

  it('fails `npm test`, which ends with its counts all the same', async () => {
    const { exitCode, out, lines } = await start('scripts/test.mjs', ['test/unit/none'], { git: await whereIs('git') });
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '0 passed, 1 failed\n' });
    expect(lines).toContain(NO_PYTHON);
  });
});
