import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { isAlive } from './lock.ts';
import { partNames } from './part-names.ts';

/** What a running world tells other programs of the same clone, in `.local/run.json`. */
export const RunFile = z.object({
  pid: z.int().positive(),
  startedAt: z.iso.datetime(),
  parts: z.array(z.enum(partNames)),
  ports: z.record(z.enum(partNames), z.int()),
  /** True once all started parts are ready and, if all parts run, seeded and deployed. */
  ready: z.boolean(),
  /** The variables that `local -- env` exports. */
  environment: z.record(z.string(), z.string()),
  /** Address and token of the world's own control port. */
  control: z.object({ url: z.string(), token: z.string() }),
});
export type RunFile = z.infer<typeof RunFile>;

/** The world that runs on this state folder, if its process is alive. */
export function readRunFile(file: string): RunFile | undefined {
  const run = parse(file);
  return run !== undefined && isAlive(run.pid) ? run : undefined;
}

function parse(file: string): RunFile | undefined {
  try {
    return RunFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Missing, or left half-written by a machine that lost power: no world runs here.
    return undefined;
  }
}

export function writeRunFile(file: string, run: RunFile): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
}

export function removeRunFile(file: string): void {
  rmSync(file, { force: true });
}
