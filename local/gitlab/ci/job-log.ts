import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Build } from '../rows/jobs.ts';
import type { World } from '../world.ts';

const SHORTEST_MASKED_VALUE = 8;

const logPath = (stateDir: string, buildId: number) => join(stateDir, 'job-logs', `${buildId}.log`);

export interface JobLog {
  /** The job's processes write to it directly. */
  fd: number;
  line(text: string): void;
  close(): void;
}

/** A job's own output may stop in the middle of a line. */
function endsLine(path: string): boolean {
  const { size } = statSync(path);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  const fd = openSync(path, 'r');
  readSync(fd, last, 0, 1, size - 1);
  closeSync(fd);
  return last.toString() === '\n';
}

/** Opens a job's log afresh. */
export function openJobLog(stateDir: string, buildId: number): JobLog {
  mkdirSync(join(stateDir, 'job-logs'), { recursive: true });
  const path = logPath(stateDir, buildId);
  closeSync(openSync(path, 'w'));
  const fd = openSync(path, 'a');
  const line = (text: string) => void writeSync(fd, `${endsLine(path) ? '' : '\n'}${text}\n`);
  return { fd, line, close: () => closeSync(fd) };
}

/** The log as people may read it: masked variables and the job's token are covered. */
export function readJobLog(world: Pick<World, 'stateDir' | 'db'>, build: Build): string {
  const path = logPath(world.stateDir, build.id);
  if (!existsSync(path)) return '';
  const masked = world.db.variables.filter((variable) => variable.masked).map((variable) => variable.value);
  const tokens = world.db.tokens.filter((token) => token.job_id === build.id).map((token) => token.token);
  return [...masked, ...tokens]
    .filter((secret) => secret.length >= SHORTEST_MASKED_VALUE)
    .reduce((text, secret) => text.replaceAll(secret, '[MASKED]'), readFileSync(path, 'utf8'));
}

export function eraseJobLog(world: Pick<World, 'stateDir'>, build: Build): void {
  rmSync(logPath(world.stateDir, build.id), { force: true });
}
