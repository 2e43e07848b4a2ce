import { appendFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogGroups } from '../aws/log-groups.ts';
import {
  type ContainerFolder,
  type Containers,
  overMemoryFile,
  type RunningContainer,
} from '../containers/container.ts';
import { ContainerLog, logTail, OWN_LINE } from '../containers/container-log.ts';
import { discardFolder, removeLeftovers } from '../containers/discard-folder.ts';
import { limitsOf } from '../containers/limits.ts';
import { OUT_OF_MEMORY, reasonOf, SERVER_ENDED, shorten, volumeFull } from './failure-reason.ts';
import { GIB } from './input-allowance.ts';
import type { ContainerEnd, JobOutcome, JobPlan, JobStage, PreparedJob } from './job-plan.ts';
import { keepInSync } from './keep-in-sync.ts';
import { forgetPlace, keepPlace, placeOf } from './log-place.ts';
import { orAborted } from './or-aborted.ts';
import { Slots } from './slots.ts';
import { watchVolume } from './volume.ts';

type JobSurroundings = {
  stateFolder: string;
  containers: Containers;
  logs: Pick<LogGroups, 'append'>;
  now: () => Date;
  atOnce: number;
  /** Between SIGTERM and SIGKILL. */
  graceSeconds: number;
  log: (line: string) => void;
};

type Active = { stop: AbortController; finished: Promise<void> };

const LOOK_AT_VOLUME_EVERY_MS = 1_000;
const STOPPED: JobOutcome = { outcome: 'stopped', because: 'asked' };
/** Room for the rest of a FailureReason. */
const TAIL_CHARACTERS = 700;

/** Runs jobs, a few at a time, from the first download to the last upload. */
export class JobRunner {
  readonly #surroundings: JobSurroundings;
  readonly #slots: Slots;
  readonly #active = new Map<string, Active>();
  /** Preparations that a stop left behind; they still write to the folder of their job. */
  readonly #abandoned = new Map<string, Promise<unknown>>();
  #closing = false;

  constructor(surroundings: JobSurroundings) {
    this.#surroundings = surroundings;
    this.#slots = new Slots(surroundings.atOnce);
    removeLeftovers(join(surroundings.stateFolder, 'jobs'));
  }

  launch(plan: JobPlan): void {
    const stop = new AbortController();
    const finished = this.#run(plan, stop.signal)
      .catch((error: unknown) => this.#surroundings.log(`The end of ${plan.arn} was lost: ${String(error)}`))
      .finally(() => this.#active.delete(plan.arn));
    this.#active.set(plan.arn, { stop, finished });
  }

  stop(arn: string): void {
    this.#active.get(arn)?.stop.abort();
  }

  /** Resolves when the job's record has its final status; at once if the job isn't running. */
  async finished(arn: string): Promise<void> {
    await this.#active.get(arn)?.finished;
  }

  /** From now on ends are not recorded: the next run of the server finds the jobs dead. */
  close(): void {
    this.#closing = true;
  }

  /** Ships what the log of a job that ended with a former run of the server holds, and why it ends there. */
  async closeLog(job: Pick<JobPlan, 'kind' | 'name' | 'logGroup'>): Promise<void> {
    const { logs, now } = this.#surroundings;
    const logFile = this.#logFile(job);
    const place = placeOf(logFile);
    if (place === undefined) return;
    appendFileSync(logFile, `\n${OWN_LINE}${SERVER_ENDED}\n`);
    await new ContainerLog(logFile, job.logGroup, place.stream, logs, now, { from: place.bytes }).close();
    forgetPlace(logFile);
  }

  #logFile({ kind, name }: Pick<JobPlan, 'kind' | 'name'>): string {
    return join(this.#surroundings.stateFolder, 'logs', kind, `${name}.log`);
  }

  /** Of this run alone: a job of the same name may have been before. */
  #newLogFile(plan: JobPlan): string {
    const file = this.#logFile(plan);
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    forgetPlace(file);
    return file;
  }

  /** A job that waits for its turn doesn't wait for its stop: the slot goes on to the next when it comes. */
  async #run(plan: JobPlan, signal: AbortSignal): Promise<void> {
    const slot = this.#slots.take();
    const turn = Promise.all([slot, this.#abandoned.get(plan.arn)]);
    const outcome = (await orAborted(turn, signal)) === undefined ? STOPPED : await this.#runInTurn(plan, signal);
    void slot.then((release) => release());
    if (!this.#closing) plan.ended(outcome);
  }

  async #runInTurn(plan: JobPlan, signal: AbortSignal): Promise<JobOutcome> {
    const root = join(this.#surroundings.stateFolder, 'jobs', plan.kind, plan.name);
    const folder = { root, optMl: join(root, 'opt-ml') };
    let stage: JobStage | undefined;
    const entered = (next: JobStage) => {
      stage = next;
      plan.entered(next);
    };
    try {
      discardFolder(root);
      mkdirSync(folder.optMl, { recursive: true });
      return await this.#execute({ ...plan, entered }, folder, signal);
    } catch (error) {
      return { outcome: 'failed', reason: reasonOf(error, stage) };
    } finally {
      if (!this.#closing) discardFolder(root);
    }
  }

  /** Undefined if the job was stopped meanwhile. What it still writes then is cleared away when it ends. */
  async #prepare(plan: JobPlan, folder: ContainerFolder, signal: AbortSignal): Promise<PreparedJob | undefined> {
    const preparing = plan.prepare(folder);
    const prepared = await orAborted(preparing, signal);
    if (prepared !== undefined) return prepared;
    const cleared = preparing
      .catch(() => undefined)
      .then(() => {
        discardFolder(folder.root);
        this.#abandoned.delete(plan.arn);
      });
    this.#abandoned.set(plan.arn, cleared);
    return undefined;
  }

  async #execute(plan: JobPlan, folder: ContainerFolder, signal: AbortSignal): Promise<JobOutcome> {
    const { containers, logs, now } = this.#surroundings;
    const logFile = this.#newLogFile(plan);
    plan.requireCapacity();
    plan.entered('downloading');
    const prepared = await this.#prepare(plan, folder, signal);
    if (prepared === undefined) return STOPPED;
    const { command, syncs } = prepared;
    const limits = limitsOf(plan.instanceType, plan.volumeGb);
    appendFileSync(logFile, containerNote(containers.mode, folder));
    const stream = `${plan.name}/algo-1-${Math.floor(now().getTime() / 1000)}`;
    plan.entered('running');
    // What runs beside the container begins after it: a container that can't be started leaves nothing running.
    const container = containers.start(folder, { ...command, logFile, limits });
    const shipped = (bytes: number) => keepPlace(logFile, { stream, bytes });
    shipped(0);
    const log = new ContainerLog(logFile, plan.logGroup, stream, logs, now, { observe: plan.observe, shipped });
    const finishSync = keepInSync(syncs);
    let full = false;
    const endWatch = watchVolume(folder.optMl, plan.volumeGb * GIB, LOOK_AT_VOLUME_EVERY_MS, () => {
      full = true;
      container.kill();
    });
    const stopped = await this.#waitForEnd(container, plan.maxRuntimeSeconds, signal);
    const exitCode = await container.exited;
    endWatch();
    await log.close();
    if (!this.#closing) forgetPlace(logFile);
    const end: ContainerEnd = stopped !== undefined ? 'stopped' : exitCode === 0 ? 'completed' : 'failed';
    plan.entered('uploading');
    try {
      await finishSync();
      await plan.collect(folder, end);
    } catch (error) {
      // Of a job that failed, the script's own failure says more than that its results could not be taken out.
      if (end !== 'failed') throw error;
    }
    if (end === 'failed') {
      const reason = full ? volumeFull(plan.volumeGb) : failureOf(plan, folder, exitCode, logFile);
      return { outcome: 'failed', reason };
    }
    return stopped === undefined ? { outcome: 'completed' } : { outcome: 'stopped', because: stopped };
  }

  /** Why the container was stopped; undefined when it ended by itself. */
  async #waitForEnd(
    container: RunningContainer,
    maxRuntimeSeconds: number,
    signal: AbortSignal,
  ): Promise<'asked' | 'max-runtime' | undefined> {
    let because: 'asked' | 'max-runtime' | undefined;
    let grace: NodeJS.Timeout | undefined;
    const end = (reason: 'asked' | 'max-runtime') => {
      because ??= reason;
      container.terminate();
      grace ??= setTimeout(() => container.kill(), this.#surroundings.graceSeconds * 1000);
    };
    const asked = () => end('asked');
    const limit = setTimeout(() => end('max-runtime'), Math.min(maxRuntimeSeconds * 1000, 2 ** 31 - 1));
    signal.addEventListener('abort', asked);
    if (signal.aborted) asked();
    await container.exited;
    signal.removeEventListener('abort', asked);
    clearTimeout(limit);
    clearTimeout(grace);
    return because;
  }
}

function failureOf(plan: JobPlan, folder: ContainerFolder, exitCode: number, logFile: string): string {
  if (existsSync(overMemoryFile(folder))) return OUT_OF_MEMORY;
  return shorten(plan.failureMessage(folder, exitCode, logTail(logFile, TAIL_CHARACTERS)));
}

function containerNote(mode: Containers['mode'], folder: ContainerFolder): string {
  if (mode === 'namespace') return `${OWN_LINE}/opt/ml is this job's own folder, by a mount namespace.\n`;
  return `${OWN_LINE}mount namespaces are not available here: /opt/ml is rewritten to ${folder.optMl} in arguments, environment and Python's file calls. Programs other than Python and C code that opens files by itself don't see it.\n`;
}
