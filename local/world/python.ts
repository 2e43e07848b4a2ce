import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { killGroup } from './kill-group.ts';
import { withLock } from './lock.ts';
import { WorldError } from './world-error.ts';

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
  const install = async (): Promise<void> => {
    const stamp = join(folder, 'requirements.sha256');
    const system = await findPython();
    const digest = await requirementsDigest(request.requirements, system.version);
    if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === digest && (await runs(venv.python))) return;
    onProgress(`Installing Python packages for ${request.purpose} …`);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    await createVenv(system.command, folder);
    await installRequirements(venv.python, system.version, request);
    await writeFile(stamp, digest);
  };
  await withLock(`${folder}.lock`, install, () =>
    onProgress(`Waiting for another command of this clone, which is preparing ${request.purpose} …`),
  );
  return venv;
}

const oldestMinor = 10;
/** The newest that the pins were tested with; for later ones a package may have to be compiled. */
const newestMinor = 13;

/**
 * A Python 3 on PATH: `python3` if the pins were tested with it, else the newest of those that they were tested with, else a
 * later one.
 * @param minorOf answers the minor version of a command's Python 3, `undefined` where there is none
 */
export async function findPython(minorOf = minorVersion): Promise<{ command: string; version: string }> {
  let later: { command: string; version: string } | undefined;
  for (const command of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python', 'python3.14']) {
    const minor = await minorOf(command);
    if (minor === undefined || minor < oldestMinor) continue;
    const found = { command, version: `3.${minor}` };
    if (minor <= newestMinor) return found;
    later ??= found;
  }
  if (later !== undefined) return later;
  throw new WorldError(
    'Python 3.10 or later was not found: install it (with venv) so that "python3 --version" shows it, then start again.',
  );
}

async function minorVersion(command: string): Promise<number | undefined> {
  const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const answer = await run(command, ['-c', script]).catch(() => undefined);
  const [major, minor] = (answer?.trim() ?? '').split('.').map(Number);
  return major === 3 ? minor : undefined;
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

async function installRequirements(python: string, version: string, request: VenvRequest): Promise<void> {
  const files = request.requirements.flatMap((file) => ['-r', file]);
  const options = ['--quiet', '--require-virtualenv', '--disable-pip-version-check', '--no-input'];
  await run(python, ['-m', 'pip', 'install', ...options, ...files]).catch((cause: unknown) => {
    throw new WorldError(
      `pip could not install the packages for ${request.purpose} with Python ${version}: ${lastLine(cause)} ` +
        `Check the network, and that a Python from 3.${oldestMinor} to 3.${newestMinor} is on PATH; then start again.`,
      { cause },
    );
  });
}

function lastLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.trim().split('\n').at(-1) ?? '';
}

/** Runs a program in a process group of its own, which ends with this process at the latest. Answers what it printed. */
function run(command: string, options: readonly string[]): Promise<string> {
  const child = spawn(command, options, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const end = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  process.on('exit', end);
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  }
  return new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(printed.stdout);
      else reject(new Error(printed.stderr.trim() || `${command} ended with ${code}`));
    });
  }).finally(() => process.off('exit', end));
}
