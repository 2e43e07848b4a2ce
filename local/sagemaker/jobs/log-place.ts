import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

/** The stream that a job's log goes to, and how much of it is there: kept while the job runs, for the server that finds it dead. */
const LogPlace = z.object({ stream: z.string(), bytes: z.number() });
type LogPlace = z.infer<typeof LogPlace>;

export function keepPlace(logFile: string, place: LogPlace): void {
  writeFileSync(placeFile(logFile), JSON.stringify(place));
}

export function forgetPlace(logFile: string): void {
  rmSync(placeFile(logFile), { force: true });
}

/** Undefined for a job that had no log yet, or one that a killed server did not get to write down. */
export function placeOf(logFile: string): LogPlace | undefined {
  try {
    return LogPlace.parse(JSON.parse(readFileSync(placeFile(logFile), 'utf8')));
  } catch {
    return undefined;
  }
}

function placeFile(logFile: string): string {
  return `${logFile}.place`;
}
