import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** How many bytes the files below a folder have; links are not followed. What goes away while it is counted doesn't count. */
export async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else bytes += (await lstat(path).catch(() => undefined))?.size ?? 0;
    }
  }
  return bytes;
}

/** A folder of many files takes long to count: it is looked at the more rarely. */
const REST_FOR_EACH_LOOK = 20;

/** Looks again and again whether a folder has outgrown its volume; the function that it answers ends that. */
export function watchVolume(folder: string, bytes: number, everyMs: number, onFull: () => void): () => void {
  let ended = false;
  const look = async () => {
    const startedAt = performance.now();
    const full = (await bytesBelow(folder)) > bytes;
    const tookMs = performance.now() - startedAt;
    if (full && !ended) onFull();
    else if (!ended) timer = setTimeout(look, Math.max(everyMs, REST_FOR_EACH_LOOK * tookMs));
  };
  let timer = setTimeout(look, everyMs);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
