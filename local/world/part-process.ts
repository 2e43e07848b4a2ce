import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroup } from './kill-group.ts';
import { capitalised, type PartName, partTitles } from './part-names.ts';
import { WorldError } from './world-error.ts';

export interface PartDefinition {
  readonly name: PartName;
  readonly command: string;
  readonly arguments: readonly string[];
  /** The whole environment of the process: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 200 when the part is ready. */
  readonly healthUrl: string;
  readonly logFile: string;
}

export interface PartProcess {
  readonly name: PartName;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves with words for how it ended, e.g. `exit code 1`. */
  readonly ended: Promise<string>;
  /** Asks it to stop, then ends its whole process group. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Ends its whole process group at once; for the moment when this process exits. */
  killNow(): void;
}

const readyTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;

/** Starts a part in a process group of its own and waits until its health check answers. */
export async function startPart(definition: PartDefinition): Promise<PartProcess> {
  const part = spawnPart(definition);
  let endedBy: string | undefined;
  void part.ended.then((how) => {
    endedBy = how;
  });
  const deadline = Date.now() + readyTimeoutMs;
  while (!(await answers(definition.healthUrl))) {
    if (endedBy !== undefined) {
      throw new WorldError(
        `${capitalised(partTitles[part.name])} ended at start (${endedBy}): its log ${part.logFile} says why.`,
      );
    }
    if (Date.now() > deadline) {
      await part.stop('SIGKILL');
      throw new WorldError(
        `${capitalised(partTitles[part.name])} was not ready within ${readyTimeoutMs / 1000} s: its log ${part.logFile} says why.`,
      );
    }
    await delay(40);
  }
  return part;
}

function spawnPart(definition: PartDefinition): PartProcess {
  mkdirSync(dirname(definition.logFile), { recursive: true });
  const log = openSync(definition.logFile, 'a');
  const child = spawn(definition.command, [...definition.arguments], {
    env: { ...definition.environment },
    stdio: ['pipe', log, log],
    detached: true,
  });
  closeSync(log);
  // A part that ended closes its stdin; writing isn't done, so its errors say nothing new.
  child.stdin?.on('error', () => undefined);
  const ended = whenEnded(child);
  return {
    name: definition.name,
    pid: child.pid ?? -1,
    logFile: definition.logFile,
    ended,
    stop: (signal = 'SIGTERM') => stopProcess(child, ended, signal),
    killNow: () => endGroup(child),
  };
}

function whenEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
}

async function stopProcess(child: ChildProcess, ended: Promise<string>, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await Promise.race([ended, delay(stopTimeoutMs, undefined, { ref: false })]);
  }
  endGroup(child);
  await ended;
}

function endGroup(child: ChildProcess): void {
  if (child.pid !== undefined) killGroup(child.pid);
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}
