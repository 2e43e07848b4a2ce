import { describe } from '@jest/globals';
import { fakeDeliveries } from '../fakes/deliveries.ts';
import { deliveriesContract } from './suites/deliveries.ts';

describe('fakeDeliveries and fakeOutbox', () => {
  deliveriesContract(async () => {
    const deliveries = fakeDeliveries();
    return { deliveries, outbox: deliveries.outbox };
  });
});
