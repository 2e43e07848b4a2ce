import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Configuration } from '../configuration.ts';
import { type Unreliability, unreliableDelivery } from './unreliable-delivery.ts';

export type SageMakerEvent = { detailType: string; resources: string[]; detail: Record<string, unknown>; at: Date };

/** Together some ten seconds, so that a restart of the local AWS costs no event. */
const TRIES = 7;
const FIRST_PAUSE_MS = 200;

/**
 * Sends state changes to the account's default bus, in order, in the background. Delivery is best effort, as the service's own
 * is: a change that can't be sent after a few tries is dropped with a line in the log, and nobody waits for it. Asked for more
 * unreliability, it drops, repeats, delays and reorders events.
 */
export class EventSender {
  readonly #bus: EventBridgeClient;
  readonly #log: (line: string) => void;
  readonly #delaysOf: () => number[];
  readonly #late = new Map<NodeJS.Timeout, SageMakerEvent>();
  #queue: Promise<void> = Promise.resolve();
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
    await this.#queue;
  }

  #enqueue(event: SageMakerEvent): void {
    this.#queue = this.#queue.then(() => this.#deliver(event));
  }

  #enqueueLater(event: SageMakerEvent, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      this.#enqueue(event);
    }, delayMs);
    this.#late.set(timer, event);
  }

  async #deliver(event: SageMakerEvent): Promise<void> {
    let reason = '';
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      if (attempt > 0) await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      try {
        const entry = await this.#put(event);
        if (entry?.ErrorCode === undefined) {
          this.#complained = false;
          return;
        }
        reason = `${entry.ErrorCode}: ${entry.ErrorMessage}`;
        if (entry.ErrorCode === 'NotAuthorizedForSourceException') break;
      } catch (error) {
        reason = String(error);
      }
    }
    if (!this.#complained)
      this.#log(
        `An event (${event.detailType}) could not be sent: ${reason}. Failures are not logged again until one arrives.`,
      );
    this.#complained = true;
  }

  async #put(event: SageMakerEvent) {
    const answer = await this.#bus.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: 'aws.sagemaker',
            DetailType: `SageMaker ${event.detailType}`,
            Resources: event.resources,
            Detail: JSON.stringify(event.detail),
            Time: event.at,
          },
        ],
      }),
    );
    return answer.Entries?.[0];
  }
}
