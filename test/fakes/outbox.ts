import type { Fact, Outbox } from '../../shared/ports/bus.ts';

export type FakeOutbox = Outbox & { hold: (key: string, fact: Fact) => void; holdDamaged: (key: string) => void };

export function fakeOutbox(): FakeOutbox {
  const held = new Map<string, Fact>();
  const damaged = new Set<string>();
  return {
    holdDamaged: (key) => {
      damaged.add(key);
    },
    hold: (key, fact) => {
      held.set(key, fact);
    },
    async unpublished(before) {
      const waiting = [...held]
        .filter(([, fact]) => fact.occurredAt < before)
        .map(([key, fact]) => ({ key, fact }))
        .sort((a, b) => a.fact.occurredAt.localeCompare(b.fact.occurredAt));
      return { held: waiting, damaged: [...damaged].map((key) => ({ key })) };
    },
    async published(key) {
      held.delete(key);
    },
  };
}
