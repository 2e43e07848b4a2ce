import type { FolderSync } from './folder-sync.ts';

const SYNC_EVERY_MS = 5_000;

/** Copies again and again; the function that it answers copies a last time. A copy that fails meanwhile is tried again the next time. */
export function keepInSync(syncs: FolderSync[]): () => Promise<void> {
  let copying: Promise<unknown> = Promise.resolve();
  const copy = async () => {
    for (const each of syncs) await each.sync();
  };
  const timer = setInterval(() => {
    copying = copying.then(copy).catch(() => undefined);
  }, SYNC_EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await copying;
    await copy();
  };
}
