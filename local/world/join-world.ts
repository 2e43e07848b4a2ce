import { setTimeout as sleep } from 'node:timers/promises';
import { worldUrls } from './environment.ts';
import { isAlive } from './lock.ts';
import type { RunFile } from './run-file.ts';
import type { StateFolder } from './state-folder.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 2000;

/** A world that another process has started and will stop: it is used, and left as it is. */
export function joinWorld(
  folder: StateFolder,
  running: RunFile,
): Pick<World, 'environment' | 'urls' | 'folder' | 'ended' | 'stop'> {
  return {
    folder,
    environment: running.environment,
    urls: worldUrls(running.ports),
    stop: async () => undefined,
    ended: endOf(running.pid),
  };
}

async function endOf(pid: number): Promise<{ crash?: string }> {
  while (isAlive(pid)) await sleep(LOOK_EVERY_MS, undefined, { ref: false });
  return { crash: `The world of process ${pid} has ended.` };
}
