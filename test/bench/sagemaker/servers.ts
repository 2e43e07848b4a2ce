import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadOrCreateCredentials } from '../../../local/world/credentials.ts';
import { worldUrls } from '../../../local/world/environment.ts';
import { type PartContext, partDefinitions } from '../../../local/world/part-definitions.ts';
import { type PartProcess, startPart } from '../../../local/world/part-process.ts';
import { findFreePorts } from '../../../local/world/ports.ts';
import { prepareTools, venvFolder } from '../../../local/world/prepare-tools.ts';
import { projectRoot } from '../../../local/world/project-root.ts';
import { ensureVenv } from '../../../local/world/python.ts';
import { stateFolderAt } from '../../../local/world/state-folder.ts';
import { say } from '../figures.ts';
import { cpuSeconds } from '../processes.ts';

export type MotoServer = { url: string; pid: number; stop: () => void };

/** Free ports and an empty state folder for the local AWS and SageMaker, and what they need from the machine. */
export async function prepareParts(root: string): Promise<PartContext> {
  const ports = await findFreePorts();
  const folder = stateFolderAt(root);
  const venvs = await prepareTools(['aws', 'sagemaker'], venvFolder, say);
  return {
    folder,
    ports,
    urls: worldUrls(ports),
    credentials: await loadOrCreateCredentials(folder.credentialsFile),
    venvs,
  };
}

export function startAws(context: PartContext): Promise<PartProcess> {
  return startPart(partDefinitions.aws(context));
}

export function startSageMaker(context: PartContext): Promise<PartProcess> {
  return startPart(partDefinitions.sagemaker(context));
}

/** From the start of the server's process to its word that it is ready, by the clock and by the processor. It is ended again. */
export async function timeStart(context: PartContext): Promise<{ tookMs: number; cpuMs: number }> {
  const { command, arguments: given, environment } = partDefinitions.sagemaker(context);
  const began = performance.now();
  const server = spawn(command, [...given], { env: { ...environment }, stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: server.stdout })) if (line.startsWith('ready')) break;
  const tookMs = performance.now() - began;
  const cpuMs = cpuSeconds(server.pid ?? -1) * 1000;
  await end(server);
  return { tookMs, cpuMs };
}

/** A state folder that nobody has used yet. */
export function emptyState(context: PartContext): PartContext {
  const root = join(context.folder.temporary, 'empty');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  return { ...context, folder: stateFolderAt(root) };
}

/** The interpreter that has moto, installed for this command alone. */
export async function motoPython(): Promise<string> {
  const requirements = [join(projectRoot, 'test', 'bench', 'sagemaker', 'requirements.txt')];
  const request = { name: 'bench-sagemaker', folder: venvFolder, requirements, purpose: 'the benchmark (about 20 s)' };
  return (await ensureVenv(request, say)).python;
}

export async function startMoto(python: string): Promise<MotoServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const script = 'import sys; from moto.server import main; main(sys.argv[1:])';
  const server = spawn(python, ['-c', script, '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const killNow = () => server.kill('SIGKILL');
  process.on('exit', killNow);
  const deadline = Date.now() + 60_000;
  while (!(await answers(`${url}/moto-api/`))) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error('moto was not ready within a minute.');
    await sleep(100);
  }
  return { url, pid: server.pid ?? -1, stop: () => void server.kill('SIGTERM') };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
