import { setTimeout as sleep } from 'node:timers/promises';
import type { Slots } from '../jobs/slots.ts';
import type { DeployedVariant, Deployment } from '../state/records.ts';
import { type WorkerAnswer, type WorkerRequest, WorkerSilent } from './ask-worker.ts';
import { type MachineUse, ModelWorker, type WorkerPlace, type WorkerSurroundings } from './model-worker.ts';
import { watchHealth } from './watch-health.ts';
import { WorkerPipeline } from './worker-pipeline.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** How long an invocation waits for a worker that comes back with the server. */
const PATIENCE_MS = 20_000;

/** Keeps one variant's worker up: a worker that dies is started again, with longer and longer pauses if it keeps dying. */
export class ServingVariant {
  readonly deployed: DeployedVariant;
  readonly configName: string;
  readonly capture: Deployment['capture'];
  readonly endpoint: string;
  readonly #around: WorkerSurroundings;
  readonly #starts: Slots;
  #worker: Worker | undefined;
  #unanswered = 0;
  #whenAnswered: (() => void) | undefined;
  /** Of a variant whose worker comes back with the server. */
  #returning: Promise<void> | undefined;
  /** Of a variant whose worker is being started again, for whatever reason. */
  #restarting: Promise<void> | undefined;
  #stopped = false;

  constructor(
    endpoint: string,
    deployment: Deployment,
    deployed: DeployedVariant,
    around: WorkerSurroundings,
    starts: Slots,
  ) {
    this.endpoint = endpoint;
    this.configName = deployment.configName;
    this.capture = deployment.capture;
    this.deployed = deployed;
    this.#around = around;
    this.#starts = starts;
  }

  get name(): string {
    return this.deployed.variant.VariantName;
  }

  /** Nothing while no worker is up. */
  get uses(): MachineUse[] {
    return this.#worker?.uses ?? [];
  }

  /** One try. @throws WorkerNotUp */
  async start(): Promise<void> {
    const release = await this.#starts.take();
    try {
      if (this.#stopped) return;
      const { ContainerStartupHealthCheckTimeoutInSeconds: startupSeconds } = this.deployed.variant;
      const place = { endpoint: this.endpoint, variant: this.name, startupSeconds };
      const worker = await startWorker(this.#around, place, this.deployed);
      if (this.#stopped) {
        worker.stop();
        return;
      }
      this.#worker = worker;
      watchHealth(worker);
      void worker.exited.then(() => this.#died(worker));
    } finally {
      release();
    }
  }

  /** Starts in the background, for an endpoint that was in service before. Invocations wait for it a while. */
  comeBack(): void {
    this.#returning = this.#keepTrying();
    this.#restarting = this.#returning;
  }

  /** Whether it has a worker, or gets one within a while. */
  async isUp(): Promise<boolean> {
    if (this.#worker === undefined && this.#restarting !== undefined) await withPatience(this.#restarting);
    return this.#worker !== undefined;
  }

  stop(): void {
    this.#stopped = true;
    this.#worker?.stop();
    this.#worker = undefined;
  }

  /** Kills the worker; it is started again as after any death. Answers how many were killed. */
  kill(): number {
    if (this.#worker === undefined) return 0;
    this.#worker.stop();
    return 1;
  }

  /** For a variant that is asked no more: it ends when it has answered what it was asked. */
  async retire(): Promise<void> {
    this.#stopped = true;
    while (this.#unanswered > 0)
      await new Promise<void>((resolve) => {
        this.#whenAnswered = resolve;
      });
    this.stop();
  }

  /** Whatever happens to the endpoint meanwhile, the variant's worker stays until this is done. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#unanswered += 1;
    try {
      return await work();
    } finally {
      this.#unanswered -= 1;
      if (this.#unanswered === 0) this.#whenAnswered?.();
    }
  }

  /** @throws WorkerSilent */
  async invoke(invocation: WorkerRequest): Promise<WorkerAnswer> {
    if (this.#worker === undefined && this.#returning !== undefined) await withPatience(this.#returning);
    if (this.#worker === undefined) throw new WorkerSilent('The container is not running; it is being started again.');
    return this.#worker.invoke(invocation);
  }

  #died(worker: Worker): void {
    if (this.#stopped || this.#worker !== worker) return;
    this.#worker = undefined;
    this.#returning = undefined;
    this.#restarting = this.#keepTrying();
  }

  async #keepTrying(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.#stopped; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await this.start();
        return;
      } catch {
        // The worker's own log says why; the next try may find S3 or the model back.
        await sleep(pause, undefined, { ref: false });
      }
    }
  }
}

type Worker = ModelWorker | WorkerPipeline;

function startWorker(
  around: WorkerSurroundings,
  place: WorkerPlace,
  { container, further }: DeployedVariant,
): Promise<Worker> {
  if (further === undefined) return ModelWorker.start(around, place, container);
  return WorkerPipeline.start(around, place, [container, ...further]);
}

function withPatience(wait: Promise<void>): Promise<void> {
  return Promise.race([wait, sleep(PATIENCE_MS, undefined, { ref: false })]);
}
