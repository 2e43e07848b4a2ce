import { createServer } from 'node:net';
import type { PartName } from './part-names.ts';
import { partTitles } from './part-names.ts';
import { WorldError } from './world-error.ts';

export type Ports = Readonly<Record<PartName, number>>;

export const defaultPorts: Ports = { web: 8080, gitlab: 8081, inbox: 8082, aws: 4566, sagemaker: 4567 };

/** Ports of this machine that nobody listens on at this moment, all different. */
export async function findFreePorts(): Promise<Ports> {
  const servers = await Promise.all(Array.from({ length: 5 }, () => listenOn(0)));
  const [web = 0, gitlab = 0, inbox = 0, aws = 0, sagemaker = 0] = servers.map((server) => server.port);
  await Promise.all(servers.map((server) => server.close()));
  return { web, gitlab, inbox, aws, sagemaker };
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

function listenOn(port: number): Promise<{ port: number; close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}
