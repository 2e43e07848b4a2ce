import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from './lock.ts';
import { WorldError } from './world-error.ts';

const run = promisify(execFile);

export interface VenvRequest {
  /** Name of the folder below `folder`, e.g. `aws`. */
  readonly name: string;
  /** Folder that holds all virtual environments. */
  readonly folder: string;
  /** Requirements files with exact pins. */
  readonly requirements: readonly string[];
  /** What is installed, in words, for the progress line. */
  readonly purpose: string;
}

export interface Venv {
  readonly folder: string;
  readonly bin: string;
  readonly python: string;
}

/**
 * Makes a virtual environment with exactly these requirements, or keeps the one that has them. It is made anew when the
 * pins or the Python version changed, or when its interpreter doesn't run any more.
 */
export async function ensureVenv(request: VenvRequest, onProgress: (line: string) => void): Promise<Venv> {
  const folder = join(request.folder, request.name);
  const venv = { folder, bin: join(folder, 'bin'), python: join(folder, 'bin', 'python3') };
  await mkdir(request.folder, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    const stamp = join(folder, 'requirements.sha256');
    const system = await findPython();
    const digest = await requirementsDigest(request.requirements, system.version);
    if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === digest && (await runs(venv.python))) return;
    onProgress(`Installing Python packages for ${request.purpose} …`);
    await rm(folder, { recursive: true, force: true });
    await createVenv(system.command, folder);
    await installRequirements(venv.python, request);
    await writeFile(stamp, digest);
  });
  return venv;
}

/** The newest `python3` on PATH that is 3.10 or later. */
export async function findPython(): Promise<{ command: string; version: string }> {
  const commands = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
  for (const command of commands) {
    const version = await versionOf(command);
    if (version !== undefined) return { command, version };
  }
  throw new WorldError(
    'Python 3.10 or later was not found: install it (with venv) so that "python3 --version" shows it, then start again.',
  );
}

async function versionOf(command: string): Promise<string | undefined> {
  const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const answer = await run(command, ['-c', script]).catch(() => undefined);
  const [major = 0, minor = 0] = (answer?.stdout.trim() ?? '').split('.').map(Number);
  return major === 3 && minor >= 10 ? `${major}.${minor}` : undefined;
}

async function runs(python: string): Promise<boolean> {
  return run(python, ['-c', 'import pip']).then(
    () => true,
    () => false,
  );
}

async function requirementsDigest(files: readonly string[], pythonVersion: string): Promise<string> {
  const hash = createHash('sha256').update(pythonVersion);
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex');
}

async function createVenv(command: string, folder: string): Promise<void> {
  await run(command, ['-m', 'venv', folder]).catch((cause: unknown) => {
    throw new WorldError(
      `"${command} -m venv" failed: install Python's venv module (Debian and Ubuntu: apt install python3-venv), then start again.`,
      { cause },
    );
  });
}

async function installRequirements(python: string, request: VenvRequest): Promise<void> {
  const files = request.requirements.flatMap((file) => ['-r', file]);
  const options = ['--quiet', '--require-virtualenv', '--disable-pip-version-check', '--no-input'];
  await run(python, ['-m', 'pip', 'install', ...options, ...files], { maxBuffer: 16 * 1024 * 1024 }).catch(
    (cause: unknown) => {
      throw new WorldError(
        `pip could not install the packages for ${request.purpose}: ${lastLine(cause)} Check the network, then start again.`,
        {
          cause,
        },
      );
    },
  );
}

function lastLine(cause: unknown): string {
  const text = typeof cause === 'object' && cause !== null && 'stderr' in cause ? String(cause.stderr) : String(cause);
  return text.trim().split('\n').at(-1) ?? '';
}
