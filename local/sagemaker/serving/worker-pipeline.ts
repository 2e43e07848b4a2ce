import type { DeployedContainer } from '../state/records.ts';
import type { WorkerAnswer, WorkerRequest } from './ask-worker.ts';
import { type MachineUse, ModelWorker, type WorkerPlace, type WorkerSurroundings } from './model-worker.ts';

/** The containers of an inference pipeline: each is asked what the one before it answered. */
export class WorkerPipeline {
  readonly #workers: ModelWorker[];
  /** As soon as one container has ended; the others end with it. */
  readonly exited: Promise<number>;

  private constructor(workers: ModelWorker[]) {
    this.#workers = workers;
    this.exited = Promise.race(workers.map((worker) => worker.exited));
    void this.exited.then(() => this.stop());
  }

  /** One after the other, so that a reason names the first that does not come up. @throws WorkerNotUp */
  static async start(
    around: WorkerSurroundings,
    place: WorkerPlace,
    containers: DeployedContainer[],
  ): Promise<WorkerPipeline> {
    const workers: ModelWorker[] = [];
    try {
      for (const container of containers) workers.push(await ModelWorker.start(around, place, container));
    } catch (error) {
      for (const worker of workers) worker.stop();
      throw error;
    }
    return new WorkerPipeline(workers);
  }

  get uses(): MachineUse[] {
    return this.#workers.flatMap((worker) => worker.uses);
  }

  stop(): void {
    for (const worker of this.#workers) worker.stop();
  }

  /** The answer of the last container, or the first that is an error. @throws WorkerSilent */
  async invoke({ body, headers }: WorkerRequest): Promise<WorkerAnswer> {
    const { accept, ...others } = headers;
    let asked: WorkerRequest = { body, headers: others };
    let answer: WorkerAnswer | undefined;
    for (const [index, worker] of this.#workers.entries()) {
      const isLast = index === this.#workers.length - 1;
      if (isLast && accept !== undefined) asked = { ...asked, headers: { ...asked.headers, accept } };
      answer = await worker.invoke(asked);
      if (answer.status < 200 || answer.status >= 300) return answer;
      asked = { body: answer.body, headers: { ...others, 'content-type': answer.contentType } };
    }
    if (answer === undefined) throw new Error('A pipeline has at least one container.');
    return answer;
  }

  /** @throws WorkerSilent */
  async requireHealthy(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.requireHealthy()));
  }
}
