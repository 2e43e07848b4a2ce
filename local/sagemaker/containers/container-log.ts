import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { LogGroups } from '../aws/log-groups.ts';

const SHIP_EVERY_MS = 2_000;
const TAIL_BYTES = 16_384;
/** A container may print faster than its lines are shipped. */
const SHIP_BYTES_AT_ONCE = 4 * 1024 * 1024;

type Shipping = {
  /** Sees each line of the container once. */
  observe?: ((lines: string[], at: Date) => void) | undefined;
  /** Bytes that a former run of the server has shipped already. */
  from?: number;
  /** Told how many bytes are shipped by now. */
  shipped?: (bytes: number) => void;
};

/** The log file of one container, copied to a stream in CloudWatch Logs while it grows and once more at the end. */
export class ContainerLog {
  readonly #path: string;
  readonly #group: string;
  readonly #stream: string;
  readonly #logs: Pick<LogGroups, 'append'>;
  readonly #now: () => Date;
  readonly #shipping: Shipping;
  #shipped: number;
  /** Lines that could not be shipped come by again, and are not observed a second time. */
  #observed = 0;
  #underWay: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(
    path: string,
    group: string,
    stream: string,
    logs: Pick<LogGroups, 'append'>,
    now: () => Date,
    shipping: Shipping = {},
  ) {
    this.#path = path;
    this.#group = group;
    this.#stream = stream;
    this.#logs = logs;
    this.#now = now;
    this.#shipping = shipping;
    this.#shipped = shipping.from ?? 0;
    this.#timer = setInterval(() => this.#ship(false), SHIP_EVERY_MS);
    this.#timer.unref();
    // The stream is made while the container starts, not when everyone waits for the end.
    this.#ship(false);
  }

  /** Ships the rest. A log group that can't be written to doesn't fail a job: the file keeps the lines. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#ship(true);
    await this.#underWay;
  }

  #ship(last: boolean): void {
    this.#underWay = this.#underWay.then(() => this.#append(last)).catch(() => undefined);
  }

  async #append(last: boolean): Promise<void> {
    while (await this.#appendPart(last)) {
      // A part at a time, to the end of what is there now.
    }
  }

  /** Answers whether there may be more. */
  async #appendPart(last: boolean): Promise<boolean> {
    const bytes = readFrom(this.#path, this.#shipped, SHIP_BYTES_AT_ONCE);
    const full = bytes.length === SHIP_BYTES_AT_ONCE;
    const lines = bytes.lastIndexOf('\n') + 1;
    const end = lines === 0 || (last && !full) ? bytes.length : lines;
    // A line that isn't at its end yet waits for the rest.
    if (end === 0 || (lines === 0 && !last && !full)) return false;
    const at = this.#now();
    const known = Math.max(0, this.#observed - this.#shipped);
    const fresh = end > known ? linesOf(bytes.subarray(known, end)).filter((line) => !line.startsWith(OWN_LINE)) : [];
    if (fresh.length > 0) this.#shipping.observe?.(fresh, at);
    this.#observed = this.#shipped + end;
    await this.#logs.append(this.#group, this.#stream, linesOf(bytes.subarray(0, end)), at);
    this.#shipped += end;
    this.#shipping.shipped?.(this.#shipped);
    return full;
  }
}

/** What this server itself writes into a container's log begins so. */
export const OWN_LINE = '[sagemaker] ';

/** The last lines of a log that the container wrote, at most so many characters. */
export function logTail(path: string, characters: number): string {
  const bytes = readFrom(path, Math.max(0, sizeOf(path) - TAIL_BYTES));
  const lines = bytes.toString('utf8').trimEnd().split('\n');
  const text = lines.filter((line) => !line.startsWith(OWN_LINE)).join('\n');
  if (text.length <= characters) return text;
  const cut = text.slice(-characters);
  const line = cut.indexOf('\n');
  return line === -1 ? cut : cut.slice(line + 1);
}

function linesOf(bytes: Buffer): string[] {
  return bytes.toString('utf8').replace(/\n$/, '').split('\n');
}

function sizeOf(path: string): number {
  const file = openSync(path, 'a+');
  const { size } = fstatSync(file);
  closeSync(file);
  return size;
}

function readFrom(path: string, position: number, most = Number.POSITIVE_INFINITY): Buffer {
  const file = openSync(path, 'a+');
  const bytes = Buffer.alloc(Math.min(most, Math.max(0, fstatSync(file).size - position)));
  const read = readSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
  return bytes.subarray(0, read);
}
