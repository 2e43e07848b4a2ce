import { describe } from '@jest/globals';
import { fakeBus } from '../fakes/bus.ts';
import { fakeCases, fakeRetrainingLedgers } from '../fakes/cases.ts';
import { casesContract } from './suites/cases.ts';

describe('fakeCases and fakeRetrainingLedgers', () => {
  casesContract(async () => {
    const bus = fakeBus();
    return { bus, cases: fakeCases(bus), ledgers: fakeRetrainingLedgers() };
  });
});
