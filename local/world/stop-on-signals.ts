import { explainFailure } from './explain-failure.ts';

/**
 * Stops the world when the process is asked to end, however it is asked: Ctrl-C, a signal, an uncaught error, or the end of
 * the program that started it. A second Ctrl-C while it stops changes nothing.
 */
export function stopOnSignals(stop: () => Promise<void>): void {
  let asked = false;
  const end = (exitCode: number): void => {
    if (asked) return;
    asked = true;
    void stop().finally(() => process.exit(exitCode));
  };
  process.on('SIGINT', () => end(130));
  process.on('SIGTERM', () => end(143));
  process.on('SIGHUP', () => end(129));
  // scripts/run.mjs holds the other end of this channel.
  process.on('disconnect', () => end(143));
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${explainFailure(error) ?? error.stack ?? error.message}\n`);
    end(1);
  });
}
