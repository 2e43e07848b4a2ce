import { ServiceUnavailable } from '../../shared/domain/faults.ts';
import type { Bus, Fact } from '../../shared/ports/bus.ts';

export type FakeBus = Bus & { facts: Fact[]; failNext: () => void };

/** A bus that keeps what was published. `failNext` makes the next call fail before anything is published. */
export function fakeBus(): FakeBus {
  let failing = false;
  const facts: Fact[] = [];
  return {
    facts,
    failNext: () => {
      failing = true;
    },
    async publish(published) {
      if (failing) {
        failing = false;
        throw new ServiceUnavailable('The bus does not answer.');
      }
      facts.push(...published);
    },
  };
}
