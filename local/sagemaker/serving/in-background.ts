type Log = { log: (line: string) => void };

/** Work that nobody waits for: what goes wrong with it is told in the log, and must not end the server. */
export function inBackground(
  world: Log,
  what: string,
  work: () => Promise<void> | void,
  onFailure: (error: unknown) => void = () => undefined,
): void {
  const run = async () => {
    try {
      await work();
    } catch (error) {
      world.log(`${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      onFailure(error);
    }
  };
  // What is done about a failure may fail for the same reason, such as a full disk.
  run().catch((error: unknown) => world.log(`${what} could not be ended: ${String(error)}`));
}
