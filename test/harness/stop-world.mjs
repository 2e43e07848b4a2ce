/** Jest's global tear-down: ends the world of start-world.mjs; its logs are kept only if MLOPS_KEEP_LOGS is set. */
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export default async function stopWorld() {
  const world = globalThis.mlopsTestWorld;
  if (world === undefined) return;
  if (world.process.exitCode === null && world.process.signalCode === null) {
    const ended = once(world.process, 'exit');
    world.process.kill('SIGTERM');
    await ended;
  }
  if (process.env.MLOPS_KEEP_LOGS) cpSync(join(world.folder, 'logs'), process.env.MLOPS_KEEP_LOGS, { recursive: true });
  rmSync(world.folder, { recursive: true, force: true });
}
