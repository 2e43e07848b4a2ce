import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LogGroups } from '../aws/log-groups.ts';
import { ObjectUnavailable } from '../aws/object-store.ts';
import {
  type ContainerCommand,
  type ContainerFolder,
  type Containers,
  type RunningContainer,
  removeLeftovers,
} from '../containers/container.ts';
import { ContainerLog, logTail, OWN_LINE } from '../containers/container-log.ts';
import { discardFolder } from '../containers/discard-folder.ts';
import { Slots } from './slots.ts';

/** A job that can't succeed; the message is its FailureReason. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

export type JobOutcome =
  | { outcome: 'completed' }
  | { outcome: 'failed'; reason: string }
  | { outcome: 'stopped'; because: 'asked' | 'max-runtime' };

type JobStage = 'downloading' | 'running' | 'uploading';

/** What makes a processing or a training job: its contract with the container, and what becomes of its record. */
type JobPlan = {
  arn: string;
  name: string;
  kind: 'processing' | 'training';
  logGroup: string;
  maxRuntimeSeconds: number;
  entered: (stage: JobStage) => void;
  /** Fills /opt/ml; throws JobFailed. */
  prepare: (folder: ContainerFolder) => Promise<Omit<ContainerCommand, 'logFile'>>;
  /** The reason that the container left, if it left one. */
  failureMessage: (folder: ContainerFolder, exitCode: number, tail: string) => string;
  /** Takes the results out of /opt/ml. Called for stopped jobs too, as the service does. */
  collect: (folder: ContainerFolder) => Promise<void>;
  ended: (outcome: JobOutcome) => void;
};

type JobSurroundings = {
  stateFolder: string;
  containers: Containers;
  logs: LogGroups;
  now: () => Date;
  atOnce: number;
  /** Between SIGTERM and SIGKILL. */
  graceSeconds: number;
};

type Active = { stop: AbortController; finished: Promise<void> };

/** Room for the rest of a FailureReason, which may have 1,024 characters. */
const TAIL_CHARACTERS = 700;

/** Runs jobs, a few at a time, from the first download to the last upload. */
export class JobRunner {
  readonly #surroundings: JobSurroundings;
  readonly #slots: Slots;
  readonly #active = new Map<string, Active>();
  #closing = false;

  constructor(surroundings: JobSurroundings) {
    this.#surroundings = surroundings;
    this.#slots = new Slots(surroundings.atOnce);
    removeLeftovers(join(surroundings.stateFolder, 'jobs'));
  }

  launch(plan: JobPlan): void {
    const stop = new AbortController();
    const finished = this.#run(plan, stop.signal).finally(() => this.#active.delete(plan.arn));
    this.#active.set(plan.arn, { stop, finished });
  }

  stop(arn: string): void {
    this.#active.get(arn)?.stop.abort();
  }

  /** Resolves when the job's record has its final status; at once if the job isn't running. */
  async finished(arn: string): Promise<void> {
    await this.#active.get(arn)?.finished;
  }

  /** From now on ends are not recorded: the jobs start again with the server. */
  close(): void {
    this.#closing = true;
  }

  logFile(name: string): string {
    mkdirSync(join(this.#surroundings.stateFolder, 'logs'), { recursive: true });
    return join(this.#surroundings.stateFolder, 'logs', `${name}.log`);
  }

  async #run(plan: JobPlan, signal: AbortSignal): Promise<void> {
    const release = await this.#slots.take();
    const root = join(this.#surroundings.stateFolder, 'jobs', plan.kind, plan.name);
    const folder = { root, optMl: join(root, 'opt-ml') };
    let outcome: JobOutcome;
    try {
      rmSync(root, { recursive: true, force: true });
      mkdirSync(folder.optMl, { recursive: true });
      outcome = signal.aborted ? { outcome: 'stopped', because: 'asked' } : await this.#execute(plan, folder, signal);
    } catch (error) {
      outcome = { outcome: 'failed', reason: reasonOf(error) };
    } finally {
      release();
    }
    if (this.#closing) return;
    discardFolder(root);
    plan.ended(outcome);
  }

  async #execute(plan: JobPlan, folder: ContainerFolder, signal: AbortSignal): Promise<JobOutcome> {
    const { containers, logs, now } = this.#surroundings;
    const logFile = this.logFile(plan.name);
    plan.entered('downloading');
    const command = await plan.prepare(folder);
    if (signal.aborted) return { outcome: 'stopped', because: 'asked' };
    appendFileSync(logFile, containerNote(containers.mode, folder));
    const log = new ContainerLog(
      logFile,
      plan.logGroup,
      `${plan.name}/algo-1-${Math.floor(now().getTime() / 1000)}`,
      logs,
      now,
    );
    plan.entered('running');
    const container = containers.start(folder, { ...command, logFile });
    const stopped = await this.#waitForEnd(container, plan.maxRuntimeSeconds, signal);
    const exitCode = await container.exited;
    await log.close();
    if (stopped === undefined && exitCode !== 0) {
      return {
        outcome: 'failed',
        reason: shorten(plan.failureMessage(folder, exitCode, logTail(logFile, TAIL_CHARACTERS))),
      };
    }
    plan.entered('uploading');
    await plan.collect(folder);
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

function containerNote(mode: Containers['mode'], folder: ContainerFolder): string {
  if (mode === 'namespace') return `${OWN_LINE}/opt/ml is this job's own folder, by a mount namespace.\n`;
  return `${OWN_LINE}mount namespaces are not available here: /opt/ml is rewritten to ${folder.optMl} in arguments, environment and Python's file calls. Programs other than Python and C code that opens files by itself don't see it.\n`;
}

function reasonOf(error: unknown): string {
  if (error instanceof JobFailed) return shorten(error.message);
  if (error instanceof ObjectUnavailable) return shorten(`ClientError: Data download failed:${error.message}`);
  return shorten(`InternalServerError: We encountered an internal error. Please try again. (${String(error)})`);
}

/** A FailureReason has at most 1,024 characters. */
function shorten(reason: string): string {
  return reason.length <= 1024 ? reason : `${reason.slice(0, 1023)}…`;
}
