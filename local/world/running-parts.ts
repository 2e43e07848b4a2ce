import { type PartContext, partDefinitions } from './part-definitions.ts';
import { capitalised, type PartName, partTitles } from './part-names.ts';
import { type PartProcess, startPart } from './part-process.ts';

/**
 * Starts parts, watches them, and ends them by their ids. A part that ends although nobody asked it to is reported once
 * through `onCrash`.
 */
export class RunningParts {
  readonly #context: PartContext;
  readonly #onCrash: (sentence: string) => void;
  readonly #running = new Map<PartName, PartProcess>();
  #stopping = false;

  constructor(context: PartContext, onCrash: (sentence: string) => void) {
    this.#context = context;
    this.#onCrash = onCrash;
  }

  async start(name: PartName): Promise<void> {
    const part = await startPart(partDefinitions[name](this.#context));
    if (this.#stopping) return part.stop('SIGKILL');
    this.#running.set(name, part);
    void part.ended.then((how) => {
      if (this.#running.get(name) !== part) return;
      this.#running.delete(name);
      this.#onCrash(`${capitalised(partTitles[name])} ended unexpectedly (${how}): its log ${part.logFile} says why.`);
    });
  }

  /** Stops a part, with SIGKILL without warning, and starts it again on the same state. */
  async restart(name: PartName, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const part = this.#running.get(name);
    this.#running.delete(name);
    await part?.stop(signal);
    await this.start(name);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const parts = [...this.#running.values()];
    this.#running.clear();
    // SageMaker and GitLab first: their children may still talk to the local AWS.
    const last = parts.filter((part) => part.name === 'aws');
    await Promise.all(parts.filter((part) => part.name !== 'aws').map((part) => part.stop()));
    await Promise.all(last.map((part) => part.stop()));
  }

  /** For the moment when this process exits: no waiting, no asking. */
  killNow(): void {
    this.#stopping = true;
    for (const part of this.#running.values()) part.killNow();
    this.#running.clear();
  }
}
