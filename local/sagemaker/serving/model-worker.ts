import { mkdirSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LogGroups } from '../aws/log-groups.ts';
import { type ObjectStore, ObjectUnavailable } from '../aws/object-store.ts';
import type { ContainerFolder, Containers, RunningContainer } from '../containers/container.ts';
import { ContainerLog } from '../containers/container-log.ts';
import { discardFolder } from '../containers/discard-folder.ts';
import { unpackArchive } from '../jobs/archives.ts';
import { InputAllowance } from '../jobs/input-allowance.ts';
import { hostPath } from '../jobs/opt-ml.ts';
import { pythonFile } from '../python-folder.ts';
import type { DeployedContainer } from '../state/records.ts';
import { askWorker, type WorkerAnswer, type WorkerRequest, WorkerSilent } from './ask-worker.ts';

/** The model's container can't serve; the message tells why, for the endpoint's FailureReason. */
class WorkerNotUp extends Error {
  override readonly name = 'WorkerNotUp';
}

export type WorkerSurroundings = {
  stateFolder: string;
  containers: Containers;
  objects: ObjectStore;
  logs: LogGroups;
  now: () => Date;
  newId: (length: number) => string;
};

/** What a worker takes of this machine. */
export type MachineUse = { pid: number; folder: string };
export type WorkerPlace = { endpoint: string; variant: string; startupSeconds: number | undefined };

const DEFAULT_STARTUP_SECONDS = 60;
/** SageMaker's own limit for an answer of a real-time endpoint. */
const ANSWER_WITHIN_MS = 60_000;
const PING_WITHIN_MS = 10_000;
/** The largest model that is brought onto this machine. */
const MODEL_GB = 20;
/** Of a model that has no other. */
export const PRIMARY = 'primary';
const SUBMIT_DIRECTORY = 'SAGEMAKER_SUBMIT_DIRECTORY';

/** One HTTP server with one model. It serves a variant whatever its instance count: on a laptop more would only share its cores. */
export class ModelWorker {
  readonly #container: RunningContainer;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #place: { port: number; container: string };
  readonly #folder: string;

  private constructor(container: RunningContainer, place: { port: number; container: string }, folder: string) {
    this.#container = container;
    this.#place = place;
    this.#folder = folder;
  }

  /** Resolves when /ping answers 200. @throws WorkerNotUp */
  static async start(
    around: WorkerSurroundings,
    place: WorkerPlace,
    deployed: DeployedContainer,
  ): Promise<ModelWorker> {
    const name = deployed.name ?? PRIMARY;
    const python = around.containers.images.pythonOf(deployed.image);
    if (python === undefined) {
      throw new WorkerNotUp(
        `The image '${deployed.image}' for the ${name} container of production variant ${place.variant} does not exist here.`,
      );
    }
    const id = around.newId(17);
    const root = join(around.stateFolder, 'workers', id);
    const folder = { root, optMl: join(root, 'opt-ml') };
    const logFolder = join(around.stateFolder, 'logs', 'endpoints');
    mkdirSync(join(folder.optMl, 'model'), { recursive: true });
    mkdirSync(logFolder, { recursive: true });
    const environment = await fetchModel(around, folder, deployed, place.variant);
    const logFile = join(logFolder, `${place.endpoint}-${place.variant}-i-${id}.log`);
    const stream = `${place.variant}/i-${id}${deployed.name === undefined ? '' : `/${deployed.name}`}`;
    const container = around.containers.start(folder, {
      command: ['python3', pythonFile('serve_model.py')],
      cwd: '/opt/ml/model',
      environment,
      logFile,
      python,
      announces: true,
    });
    const log = new ContainerLog(
      logFile,
      `/aws/sagemaker/Endpoints/${place.endpoint}`,
      stream,
      around.logs,
      around.now,
    );
    container.exited
      .then(() => log.close())
      .finally(() => discardFolder(root))
      .catch(() => undefined); // The next start of the server clears away what is left.
    try {
      const port = await announcedPort(container, (place.startupSeconds ?? DEFAULT_STARTUP_SECONDS) * 1000);
      const worker = new ModelWorker(container, { port, container: name }, root);
      await worker.requireHealthy();
      return worker;
    } catch (error) {
      container.kill();
      await container.exited;
      throw new WorkerNotUp(
        `The ${name} container for production variant ${place.variant} did not pass the ping health check. Please check CloudWatch logs for this endpoint.`,
        { cause: error },
      );
    }
  }

  /** Resolves when the container has ended. */
  get exited(): Promise<number> {
    return this.#container.exited;
  }

  stop(): void {
    this.#agent.destroy();
    this.#container.kill();
  }

  /** The first process of the container, and its files. */
  get uses(): MachineUse[] {
    const { pid } = this.#container;
    return pid === undefined ? [] : [{ pid, folder: this.#folder }];
  }

  /** @throws WorkerSilent */
  invoke(invocation: WorkerRequest): Promise<WorkerAnswer> {
    return askWorker(this.#place, 'POST /invocations', invocation, { agent: this.#agent, withinMs: ANSWER_WITHIN_MS });
  }

  /** @throws WorkerSilent */
  async requireHealthy(): Promise<void> {
    const nothing = { body: Buffer.alloc(0), headers: {} };
    // A connection of its own: it mustn't wait behind slow calls.
    const answer = await askWorker(this.#place, 'GET /ping', nothing, { agent: false, withinMs: PING_WITHIN_MS });
    if (answer.status !== 200) throw new WorkerSilent(`/ping answered ${answer.status}.`);
  }
}

/** Brings the model archive into /opt/ml/model, and script mode's code where the environment says; answers the environment. */
async function fetchModel(
  around: WorkerSurroundings,
  folder: ContainerFolder,
  deployed: DeployedContainer,
  variant: string,
): Promise<Record<string, string>> {
  const environment: Record<string, string> = {
    SM_MODEL_DIR: '/opt/ml/model',
    PORT_DESCRIPTOR: '3',
    ...deployed.environment,
  };
  const uri = deployed.modelDataUrl;
  try {
    if (uri !== undefined) await fetchData(around, folder, uri, deployed.modelDataForm);
    const code = environment[SUBMIT_DIRECTORY];
    if (code?.startsWith('s3://')) {
      await fetchArchive(around, folder, code, '/opt/ml/code');
      environment[SUBMIT_DIRECTORY] = '/opt/ml/code';
    }
  } catch (error) {
    discardFolder(folder.root);
    const why = error instanceof ObjectUnavailable ? error.message : String(error);
    throw new WorkerNotUp(`Could not access model data at ${uri} for production variant ${variant}: ${why}`, {
      cause: error,
    });
  }
  return environment;
}

async function fetchData(
  around: WorkerSurroundings,
  folder: ContainerFolder,
  uri: string,
  form: DeployedContainer['modelDataForm'],
): Promise<void> {
  const model = hostPath(folder, '/opt/ml/model');
  const allowance = new InputAllowance(MODEL_GB);
  if (form === 'object') await around.objects.downloadObject(uri, join(model, basename(uri)), allowance);
  else if (form === 'archive' || (form === undefined && uri.endsWith('.tar.gz')))
    await fetchArchive(around, folder, uri, '/opt/ml/model');
  else await around.objects.downloadPrefix(uri, model, allowance);
}

async function fetchArchive(
  around: WorkerSurroundings,
  folder: ContainerFolder,
  uri: string,
  to: string,
): Promise<void> {
  const archive = join(folder.root, 'archive.tar.gz');
  await around.objects.downloadObject(uri, archive, new InputAllowance(MODEL_GB));
  await unpackArchive(archive, hostPath(folder, to));
  rmSync(archive);
}

/** The port that the worker writes to its descriptor. @throws WorkerSilent if it ends or takes too long */
async function announcedPort(container: RunningContainer, withinMs: number): Promise<number> {
  const { announcements } = container;
  if (announcements === undefined) throw new WorkerSilent("The container's descriptor is missing.");
  let timer: NodeJS.Timeout | undefined;
  const line = new Promise<string>((resolve) => createInterface({ input: announcements }).once('line', resolve));
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new WorkerSilent(`The model was not loaded within ${withinMs / 1000} s.`)),
      withinMs,
    );
  });
  const gone = container.exited.then((code) =>
    Promise.reject(new WorkerSilent(`The container ended with exit code ${code}.`)),
  );
  // Whoever loses the race may reject later; nobody listens then.
  gone.catch(() => undefined);
  try {
    return Number(await Promise.race([line, late, gone]));
  } finally {
    clearTimeout(timer);
  }
}
