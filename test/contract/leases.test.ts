import { describe } from '@jest/globals';
import { fakeLeases } from '../fakes/leases.ts';
import { leasesContract } from './suites/leases.ts';

describe('fakeLeases', () => {
  leasesContract(async () => fakeLeases());
});
