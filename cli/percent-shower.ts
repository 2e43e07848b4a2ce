import type { Terminal } from './terminal.ts';

/** Often enough to see it move. */
const EVERY_MS = 200;

/** Shows how much of the bytes is read, where the error stream is a terminal. */
export function percentShower({ progress }: Terminal, doing: string, totalBytes: number) {
  let shownAt = 0;
  return {
    show(bytes: number): void {
      const now = Date.now();
      if (progress === undefined || now - shownAt < EVERY_MS) return;
      shownAt = now;
      const megabytes = (bytes / 1_000_000).toFixed(0);
      progress(totalBytes > 0 ? `${doing}: ${Math.floor((100 * bytes) / totalBytes)} %` : `${doing}: ${megabytes} MB`);
    },
    clear(): void {
      if (shownAt > 0) progress?.('');
    },
  };
}
