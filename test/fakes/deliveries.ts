import type { Deliveries, Delivery } from '../../shared/ports/deliveries.ts';
import { type FakeOutbox, fakeOutbox } from './outbox.ts';

export type FakeDeliveries = Deliveries & { kept: Map<string, Delivery>; outbox: FakeOutbox };

export function fakeDeliveries(outbox: FakeOutbox = fakeOutbox()): FakeDeliveries {
  const kept = new Map<string, Delivery>();
  const conclusions = new Map<string, { ignored: string } | { runId: string }>();
  return {
    kept,
    outbox,
    async keep(delivery) {
      if (kept.has(delivery.deliveryId)) return 'duplicate';
      kept.set(delivery.deliveryId, structuredClone(delivery));
      if (delivery.fact !== undefined) outbox.hold(delivery.deliveryId, delivery.fact);
      return 'kept';
    },
    async published(deliveryId) {
      await outbox.published(deliveryId);
    },
    async conclude(deliveryId, conclusion) {
      if (kept.has(deliveryId) && !conclusions.has(deliveryId)) conclusions.set(deliveryId, conclusion);
    },
    async find(deliveryId) {
      const delivery = kept.get(deliveryId);
      const conclusion = conclusions.get(deliveryId);
      return delivery && { ...structuredClone(delivery), ...(conclusion && { conclusion }) };
    },
  };
}
