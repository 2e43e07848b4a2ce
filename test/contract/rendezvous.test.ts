import { describe } from '@jest/globals';
import { fakeRendezvous } from '../fakes/rendezvous.ts';
import { rendezvousContract } from './suites/rendezvous.ts';

describe('fakeRendezvous', () => {
  rendezvousContract(async () => {
    const rendezvous = fakeRendezvous();
    return { rendezvous, tokens: rendezvous.tokens };
  });
});
