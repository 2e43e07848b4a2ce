import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectStore } from '../aws/object-store.ts';
import { underPrefix } from '../aws/s3-uri.ts';
import type { EndpointConfig } from '../state/records.ts';

type CaptureConfig = NonNullable<EndpointConfig['DataCaptureConfig']>;
type Payload = { contentType: string; body: Buffer };

type Captured = {
  endpoint: string;
  variant: string;
  eventId: string;
  inferenceId: string | undefined;
  at: Date;
  input: Payload;
  output: Payload;
};

const FLUSH_EVERY_MS = 2_000;
/** For so long a destination that can't be written to is tried again. */
const KEPT_FOR_MS = 60 * 60 * 1000;

/**
 * Data capture: records of invocations, written to the endpoint's destination every few seconds. Until then they stand in a spool
 * file, so that none is lost when the server ends.
 */
export class DataCapture {
  readonly #folder: string;
  readonly #objects: Pick<ObjectStore, 'writeText'>;
  readonly #log: (line: string) => void;
  readonly #timer: NodeJS.Timeout;
  #flushing: Promise<void> = Promise.resolve();

  constructor(stateFolder: string, objects: Pick<ObjectStore, 'writeText'>, log: (line: string) => void) {
    this.#folder = join(stateFolder, 'capture');
    this.#objects = objects;
    this.#log = log;
    mkdirSync(this.#folder, { recursive: true });
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  record(config: CaptureConfig, captured: Captured): void {
    if (config.EnableCapture === false || Math.random() * 100 >= config.InitialSamplingPercentage) return;
    const prefix = underPrefix(config.DestinationS3Uri, captured.endpoint, captured.variant, hourOf(captured.at));
    appendFileSync(this.#spool, `${JSON.stringify({ prefix, record: recordOf(config, captured) })}\n`);
  }

  /** Resolves when all that was recorded so far is in S3, or has to wait for the next time. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing
      .then(() => this.#write())
      .catch((error) => this.#log(`Captured data could not be written: ${String(error)}`));
    return this.#flushing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  get #spool(): string {
    return join(this.#folder, 'spool.jsonl');
  }

  /** What can't be written stays for the next time; what a former try left behind goes along. */
  async #write(): Promise<void> {
    const taken = join(this.#folder, 'taken.jsonl');
    const fresh = join(this.#folder, 'fresh.jsonl');
    if (!existsSync(fresh) && existsSync(this.#spool)) renameSync(this.#spool, fresh);
    const entries = [taken, fresh].flatMap(readEntries);
    if (entries.length === 0) return;
    const byPrefix = [...Map.groupBy(entries, (entry) => entry.prefix)];
    const left = (await Promise.all(byPrefix.map(([prefix, own]) => this.#send(prefix, own)))).flat();
    if (left.length === 0) rmSync(taken, { force: true });
    else {
      writeFileSync(`${taken}.new`, left.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      renameSync(`${taken}.new`, taken);
    }
    rmSync(fresh, { force: true });
  }

  /** One destination's records as one object. Answers what is to be tried again: a destination has no part in another's failure. */
  async #send(prefix: string, entries: SpoolLine[]): Promise<SpoolLine[]> {
    const text = entries.map((entry) => `${JSON.stringify(entry.record)}\n`).join('');
    try {
      await this.#objects.writeText(`${prefix}/${fileName(entries[0]?.record)}`, text, 'application/x-ndjson');
      return [];
    } catch (error) {
      const isForGood = error instanceof Error && error.name === 'NoSuchBucket';
      const left = isForGood ? [] : entries.filter(isYoung);
      const dropped = entries.length - left.length;
      const fate = dropped === 0 ? '' : ` ${dropped} of them are dropped.`;
      this.#log(
        `The captured data of ${entries.length} invocations could not be written to ${prefix}: ${String(error)}.${fate}`,
      );
      return left;
    }
  }
}

type SpoolLine = { prefix: string; record: { eventMetadata: { eventId: string; inferenceTime: string } } };

function isYoung({ record }: SpoolLine): boolean {
  return Date.now() - Date.parse(record.eventMetadata.inferenceTime) < KEPT_FOR_MS;
}

function readEntries(path: string): SpoolLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').flatMap(readLine);
}

/** The last line may be cut short if the server was killed while it wrote it. */
function readLine(line: string): SpoolLine[] {
  try {
    const entry: SpoolLine = JSON.parse(line);
    return [entry];
  } catch {
    return [];
  }
}

function recordOf(config: CaptureConfig, captured: Captured): Record<string, unknown> {
  const modes = config.CaptureOptions.map((option) => option.CaptureMode);
  const wants = (mode: 'Input' | 'Output') => modes.some((each) => each === mode || each === 'InputAndOutput');
  return {
    captureData: {
      ...(wants('Input') ? { endpointInput: sideOf(config, captured.input, 'INPUT') } : {}),
      ...(wants('Output') ? { endpointOutput: sideOf(config, captured.output, 'OUTPUT') } : {}),
    },
    eventMetadata: {
      eventId: captured.eventId,
      ...(captured.inferenceId === undefined ? {} : { inferenceId: captured.inferenceId }),
      inferenceTime: captured.at.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    },
    eventVersion: '0',
  };
}

/** BASE64, unless the config lists the content type as CSV or JSON. */
function sideOf(config: CaptureConfig, payload: Payload, mode: 'INPUT' | 'OUTPUT'): Record<string, unknown> {
  const kind = payload.contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const { CsvContentTypes: csv, JsonContentTypes: json } = config.CaptureContentTypeHeader ?? {};
  const isOneOf = (types: string[] | undefined) => types?.some((type) => type.toLowerCase() === kind);
  const encoding = isOneOf(csv) ? 'CSV' : isOneOf(json) ? 'JSON' : 'BASE64';
  const data = payload.body.toString(encoding === 'BASE64' ? 'base64' : 'utf8');
  return { observedContentType: payload.contentType, mode, data, encoding };
}

function hourOf(time: Date): string {
  return time.toISOString().slice(0, 13).replaceAll(/[-T]/g, '/');
}

/** `25-49-000-<id of the first record>.jsonl`: minute, second, millisecond within the hour's folder. */
function fileName(first: SpoolLine['record'] | undefined): string {
  const clock = first?.eventMetadata.inferenceTime.slice(14, 19).replace(':', '-') ?? '00-00';
  return `${clock}-000-${first?.eventMetadata.eventId ?? crypto.randomUUID()}.jsonl`;
}
