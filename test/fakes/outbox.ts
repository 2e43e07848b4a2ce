import type { Fact, Outbox } from '../../shared/ports/bus.ts';

export type FakeOutbox = Outbox & { hold: (key: string, fact: Fact) => void };

export function fakeOutbox(): FakeOutbox {
  const held = new Map<string, Fact>();
  return {
    hold: (key, fact) => {
      held.set(key, fact);
    },
    async unpublished(before) {
      return [...held]
        .filter(([, fact]) => fact.occurredAt < before)
        .map(([key, fact]) => ({ key, fact }))
        .sort((a, b) => a.fact.occurredAt.localeCompare(b.fact.occurredAt));
    },
    async published(key) {
      held.delete(key);
    },
  };
}
