import { setTimeout as sleep } from 'node:timers/promises';

type Checked = { requireHealthy: () => Promise<void>; exited: Promise<unknown>; stop: () => void };

const EVERY_MS = 5_000;
/** A worker that says three times in a row that it is not healthy, or says nothing, is ended; another takes its place. */
const TRIES = 3;

/** Asks a worker for its /ping as long as it lives. */
export function watchHealth(worker: Checked, everyMs = EVERY_MS): void {
  let ended = false;
  void worker.exited.then(() => {
    ended = true;
  });
  void (async () => {
    for (let failures = 0; failures < TRIES && !ended; ) {
      await sleep(everyMs, undefined, { ref: false });
      failures = (await isHealthy(worker)) ? 0 : failures + 1;
    }
    if (!ended) worker.stop();
  })();
}

async function isHealthy(worker: Checked): Promise<boolean> {
  try {
    await worker.requireHealthy();
    return true;
  } catch {
    return false; // What is wrong stands in the worker's own log.
  }
}
