import { describe } from '@jest/globals';
import { fakeDeliveries } from '../fakes/deliveries.ts';
import { deliveriesContract } from './suites/deliveries.ts';

describe('fakeDeliveries and fakeOutbox', () => {
  deliveriesContract(async () => {
    const deliveries = fakeDeliveries();
    const { outbox } = deliveries;
    return { deliveries, outbox, holdDamaged: async (id) => outbox.holdDamaged(id) };
  });
});
