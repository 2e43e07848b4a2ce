import type { SealedBaseline } from '../domain/drift/baseline.ts';
import { readCaptures } from '../domain/drift/capture/read-captures.ts';
import type { WindowState } from '../domain/drift/window-state.ts';
import { NotFound, ServiceUnavailable } from '../domain/faults.ts';
import type { TimeWindow } from '../domain/monitor-window.ts';
import type { CaptureObjects } from '../ports/capture-objects.ts';

export type ReadCaptureObjectDeps = {
  captures: Pick<CaptureObjects, 'read'>;
  pause: (milliseconds: number) => Promise<unknown>;
};

/** Before each further try: an object that is being replaced is whole again within seconds. */
const PAUSES_MS = [1_000, 4_000];

/** A longer last line is not looked at: what is a record has at most 25 MB, and most have less than 1 kB. */
const LONGEST_TAIL_BYTES = 1024 * 1024;

/** What was counted of an object; `why` says what is wrong with it, and `state` is missing where nothing of it can be believed. */
export type ReadObject = { state?: WindowState; why?: string };

/** Reads an object that may vanish, break off or be half written: it is tried again, and then named. */
export async function readCaptureObject(
  uri: string,
  baseline: SealedBaseline,
  window: TimeWindow,
  deps: ReadCaptureObjectDeps,
): Promise<ReadObject> {
  let read = await tryToRead(uri, baseline, window, deps);
  for (const milliseconds of PAUSES_MS) {
    if (read.why === undefined) return read;
    await deps.pause(milliseconds);
    read = await tryToRead(uri, baseline, window, deps);
  }
  return read;
}

async function tryToRead(
  uri: string,
  baseline: SealedBaseline,
  window: TimeWindow,
  { captures }: ReadCaptureObjectDeps,
): Promise<ReadObject> {
  const tail = new Tail();
  const span = { fromMillis: Date.parse(window.from), toMillis: Date.parse(window.to) };
  try {
    const state = await readCaptures(tail.watch(captures.read(uri)), baseline, { window: span });
    return tail.isCutOff() ? { state, why: 'its last record is cut off' } : { state };
  } catch (error) {
    if (error instanceof NotFound) return { why: 'it is gone' };
    if (error instanceof ServiceUnavailable) return { why: 'reading it broke off' };
    throw error;
  }
}

const NEWLINE = 10;

/** What stands after the last newline of a stream. */
class Tail {
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      const newline = chunk.lastIndexOf(NEWLINE);
      if (newline >= 0) {
        this.#chunks = [];
        this.#bytes = 0;
      }
      const rest = chunk.subarray(newline + 1);
      this.#bytes += rest.length;
      // A reader may write into the chunk that it was given.
      if (this.#bytes <= LONGEST_TAIL_BYTES) this.#chunks.push(rest.slice());
      yield chunk;
    }
  }

  /** A last line without an end that is no JSON. */
  isCutOff(): boolean {
    const text = this.#bytes > LONGEST_TAIL_BYTES ? '' : Buffer.concat(this.#chunks).toString().trim();
    if (text === '') return false;
    try {
      JSON.parse(text);
      return false;
    } catch {
      return true;
    }
  }
}
