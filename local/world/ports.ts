import { createServer } from 'node:net';
import type { PartName } from './part-names.ts';
import { partTitles } from './part-names.ts';
import { WorldError } from './world-error.ts';

export type Ports = Readonly<Record<PartName, number>>;

export const defaultPorts: Ports = { web: 8080, gitlab: 8081, inbox: 8082, aws: 4566, sagemaker: 4567 };

/** Below those that systems give to outgoing connections, which would take one between its choice and its use. */
const LOWEST_PORT = 10_000;
const PORTS_A_PROCESS = 10;
const PROCESSES = 2_000;

/**
 * Ports of this machine that nobody listens on at this moment, all different. Each process looks first among ports of its own,
 * so that worlds that start at the same time don't choose the same.
 */
export async function findFreePorts(): Promise<Ports> {
  const found: number[] = [];
  const first = (process.pid % PROCESSES) * PORTS_A_PROCESS;
  for (let step = 0; found.length < 5 && step < PROCESSES * PORTS_A_PROCESS; step += 1) {
    const port = LOWEST_PORT + ((first + step) % (PROCESSES * PORTS_A_PROCESS));
    if (await isFree(port)) found.push(port);
  }
  const [web = 0, gitlab = 0, inbox = 0, aws = 0, sagemaker = 0] = found;
  return { web, gitlab, inbox, aws, sagemaker };
}

async function isFree(port: number): Promise<boolean> {
  try {
    await (await listenOn(port)).close();
    return true;
  } catch {
    // Taken, or not for this user: the next one will do.
    return false;
  }
}

/** Throws a sentence that names the first port that is taken, and how to choose another. */
export async function requireFreePorts(parts: readonly PartName[], ports: Ports): Promise<void> {
  for (const part of parts) {
    const port = ports[part];
    const server = await listenOn(port).catch((cause: unknown) => {
      throw new WorldError(
        `Port ${port}, where ${partTitles[part]} would listen, is taken or not allowed: ` +
          `stop what uses it, or choose another with --${part}-port ${port + 100} (or MLOPS_${part.toUpperCase()}_PORT).`,
        { cause },
      );
    });
    await server.close();
  }
}

function listenOn(port: number): Promise<{ close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      resolve({ close: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
}
