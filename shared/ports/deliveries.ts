import type { Fact } from './bus.ts';

/** What is kept of one webhook delivery: parsed facts (at most 8 KB) and the payload's digest, never the payload. */
export type Delivery = {
  deliveryId: string;
  receivedAt: string;
  payloadSha256: string;
  event: string;
  /** Set where the delivery can be told to lead nowhere without asking anybody. */
  ignored?: string;
  /** The fact for the bus; present where the delivery is not ignored. */
  fact?: Fact;
};

type DeliveryConclusion = { ignored: string } | { runId: string };

/** A delivery and, once somebody has looked into it, where it led. */
export type DeliveryRecord = Delivery & { conclusion?: DeliveryConclusion };

export type Deliveries = {
  /** Keeps the delivery once. With a fact, it stays in the outbox until `published`. */
  keep(delivery: Delivery): Promise<'kept' | 'duplicate'>;
  published(deliveryId: string): Promise<void>;
  /** Records why a delivery led to no run, or which run it led to. */
  conclude(deliveryId: string, conclusion: DeliveryConclusion): Promise<void>;
  find(deliveryId: string): Promise<DeliveryRecord | undefined>;
};
