import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Configuration } from '../configuration.ts';
import { type Unreliability, unreliableDelivery } from './unreliable-delivery.ts';

export type SageMakerEvent = { detailType: string; resources: string[]; detail: Record<string, unknown>; at: Date };

/** Together some ten seconds, so that a restart of the local AWS costs no event. */
const TRIES = 7;
const FIRST_PAUSE_MS = 200;
/** PutEvents takes ten entries and 256 KB a call. */
const ENTRIES_AT_ONCE = 10;
const CHARACTERS_AT_ONCE = 200_000;
/** More are not kept while the local AWS is gone. */
const MOST_WAITING = 20_000;

/**
 * Sends state changes to the account's default bus, in order, in the background. Delivery is best effort, as the service's own
 * is: a change that can't be sent after a few tries is dropped with a line in the log, and nobody waits for it. Asked for more
 * unreliability, it drops, repeats, delays and reorders events.
 */
export class EventSender {
  readonly #bus: EventBridgeClient;
  readonly #log: (line: string) => void;
  readonly #waiting: PutEventsRequestEntry[] = [];
  #sending: Promise<void> | undefined;
  readonly #delaysOf: () => number[];
  readonly #late = new Map<NodeJS.Timeout, SageMakerEvent>();
  #complained = false;

  constructor(configuration: Configuration, log: (line: string) => void, unreliability?: Unreliability) {
    this.#log = log;
    this.#delaysOf = unreliability === undefined ? () => [0] : unreliableDelivery(unreliability);
    this.#bus = new EventBridgeClient({
      endpoint: configuration.awsEndpoint,
      region: configuration.region,
      maxAttempts: 1,
      credentials: { accessKeyId: configuration.accessKeyId, secretAccessKey: configuration.secretAccessKey },
    });
  }

  send(event: SageMakerEvent): void {
    for (const delayMs of this.#delaysOf()) {
      if (delayMs === 0) this.#enqueue(event);
      else this.#enqueueLater(event, delayMs);
    }
  }

  /** Resolves when all that was sent so far is delivered or dropped; what is to be late is delivered at once. */
  async drained(): Promise<void> {
    for (const [timer, event] of this.#late) {
      clearTimeout(timer);
      this.#enqueue(event);
    }
    this.#late.clear();
    await this.#sending;
  }

  #enqueueLater(event: SageMakerEvent, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      this.#enqueue(event);
    }, delayMs);
    this.#late.set(timer, event);
  }

  #enqueue(event: SageMakerEvent): void {
    if (this.#waiting.length >= MOST_WAITING) this.#complain(`${this.#waiting.length} others wait already`);
    else this.#waiting.push(entryOf(event));
    this.#sending ??= this.#sendAll();
  }

  /** What came while the last call was on its way goes together with the next. */
  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#deliver(this.#waiting.splice(0, fittingIn(this.#waiting)));
    this.#sending = undefined;
  }

  async #deliver(entries: PutEventsRequestEntry[]): Promise<void> {
    let left = entries;
    let reason = '';
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      if (attempt > 0) await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      try {
        const { Entries: results = [] } = await this.#bus.send(new PutEventsCommand({ Entries: left }));
        left = left.filter((_, index) => results[index]?.ErrorCode !== undefined);
        const [refused] = results.filter((result) => result.ErrorCode !== undefined);
        if (refused === undefined) {
          this.#complained = false;
          return;
        }
        reason = `${refused.ErrorCode}: ${refused.ErrorMessage}`;
        if (refused.ErrorCode === 'NotAuthorizedForSourceException') break;
      } catch (error) {
        reason = String(error);
      }
    }
    this.#complain(reason, left[0]);
  }

  #complain(reason: string, entry?: PutEventsRequestEntry): void {
    if (!this.#complained)
      this.#log(
        `An event (${entry?.DetailType ?? 'the newest'}) could not be sent: ${reason}. Failures are not logged again until one arrives.`,
      );
    this.#complained = true;
  }
}

function entryOf(event: SageMakerEvent): PutEventsRequestEntry {
  return {
    Source: 'aws.sagemaker',
    DetailType: `SageMaker ${event.detailType}`,
    Resources: event.resources,
    Detail: JSON.stringify(event.detail),
    Time: event.at,
  };
}

/** How many of the first entries go into one call; one at least. */
function fittingIn(entries: readonly PutEventsRequestEntry[]): number {
  let characters = 0;
  const over = entries.slice(0, ENTRIES_AT_ONCE).findIndex((entry) => {
    characters += entry.Detail?.length ?? 0;
    return characters > CHARACTERS_AT_ONCE;
  });
  return over === -1 ? ENTRIES_AT_ONCE : Math.max(1, over);
}
