import * as z from 'zod';
import { ContractBroken } from './faults.ts';
import { DocumentReference } from './identifiers.ts';
import { instant, type TimeWindow, WindowKey } from './monitor-window.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** SageMaker delivers what it captured within a couple of minutes. */
const DELIVERY_LAG = 5 * MINUTE;

/** Records are written a little before they are delivered, and clocks differ a little: twice the lag covers both. */
const LATE_OBJECTS = 2 * DELIVERY_LAG;

/** As long as a policy's window may be (PT5M to P7D); a look on demand may be shorter, to the minute. */
const LONGEST_WINDOW = 7 * 24 * HOUR;

/** Read by one function at 50 to 90 MB a second (S3 to Lambda), a batch takes a few seconds. */
const BATCH_BYTES = 256 * 1024 * 1024;
/** Bounds the time that many small objects take. */
const BATCH_OBJECTS = 2_000;

/** The window that the schedule asks for ends where everything must have been delivered, on the minute. */
export function windowOf(scheduledAt: string, lengthSeconds: number): TimeWindow {
  const to = Math.floor((Date.parse(scheduledAt) - DELIVERY_LAG) / MINUTE) * MINUTE;
  return { from: instant(to - lengthSeconds * 1000), to: instant(to) };
}

/** A span that somebody asked for. @throws ContractBroken where it is none */
export function readWindow({ from, to }: TimeWindow): TimeWindow {
  const length = Date.parse(to) - Date.parse(from);
  if (length > 0 && length <= LONGEST_WINDOW) return { from: instant(from), to: instant(to) };
  throw new ContractBroken(`${from} to ${to} is no window: it must end after it begins, and last 7 days at most.`);
}

/** The hours whose folders may hold records of the window, with the ones next to it for what was delivered late. */
export function hoursOf({ from, to }: TimeWindow): string[] {
  const first = Math.floor((Date.parse(from) - DELIVERY_LAG) / HOUR);
  const last = Math.floor((Date.parse(to) + DELIVERY_LAG) / HOUR);
  return Array.from({ length: last - first + 1 }, (_, index) => instant((first + index) * HOUR));
}

/**
 * Whether an object in the folder of this hour may hold records of the window. One that was complete before the window began holds
 * none; one in the folder of a later hour does only if it was delivered soon after the window's end.
 */
export function mayHoldRecords(modifiedAt: string, hour: string, { from, to }: TimeWindow): boolean {
  const modified = Date.parse(modifiedAt);
  if (modified < Date.parse(from)) return false;
  return Date.parse(hour) < Date.parse(to) || modified <= Date.parse(to) + LATE_OBJECTS;
}

const PlannedObject = z.object({ key: z.string(), sizeBytes: z.number().int().min(0) });
type PlannedObject = z.infer<typeof PlannedObject>;

/** What the workers are to read: a document, because a window may have more objects than a workflow's state can carry. */
export const WindowPlan = z.object({
  bucket: z.string(),
  key: WindowKey,
  baseline: DocumentReference,
  batches: z.array(z.array(PlannedObject)),
});
export type WindowPlan = z.infer<typeof WindowPlan>;

/** Objects in order, so many in a batch that one worker reads it within seconds. */
export function batchesOf(objects: readonly PlannedObject[], bytes = BATCH_BYTES): PlannedObject[][] {
  const batches: PlannedObject[][] = [];
  let room = 0;
  for (const { key, sizeBytes } of objects) {
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === BATCH_OBJECTS || sizeBytes > room) {
      batches.push([{ key, sizeBytes }]);
      room = bytes - sizeBytes;
    } else {
      batch.push({ key, sizeBytes });
      room -= sizeBytes;
    }
  }
  return batches;
}
