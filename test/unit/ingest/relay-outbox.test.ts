import { expect, it } from '@jest/globals';
import { relayOutbox } from '../../../functions/ingest/relay-outbox.ts';
import { ServiceUnavailable } from '../../../shared/domain/faults.ts';
import { fakeBus } from '../../fakes/bus.ts';
import { fakeOutbox } from '../../fakes/outbox.ts';

const NOW = '2026-11-23T12:01:00.000Z';
const factAt = (occurredAt: string) => ({ detailType: 'RunAccepted.v1', detail: { occurredAt }, occurredAt });

function relay() {
  const outbox = fakeOutbox();
  const bus = fakeBus();
  return { outbox, bus, run: () => relayOutbox({ outbox, bus, now: () => NOW }) };
}

it('publishes what was left behind for half a minute, oldest first and once', async () => {
  const { outbox, bus, run } = relay();
  outbox.hold('b', factAt('2026-11-23T12:00:10.000Z'));
  outbox.hold('a', factAt('2026-11-23T12:00:00.000Z'));
  await run();
  await run();
  expect(bus.facts).toEqual([factAt('2026-11-23T12:00:00.000Z'), factAt('2026-11-23T12:00:10.000Z')]);
});

it('leaves alone what is being published just now', async () => {
  const { outbox, bus, run } = relay();
  outbox.hold('fresh', factAt('2026-11-23T12:00:31.000Z'));
  await run();
  expect(bus.facts).toEqual([]);
});

it('goes on after a fact that can’t be published, says so, and tries it again', async () => {
  const { outbox, bus, run } = relay();
  outbox.hold('a', factAt('2026-11-23T12:00:00.000Z'));
  outbox.hold('b', factAt('2026-11-23T12:00:10.000Z'));
  bus.failNext();
  await expect(run()).rejects.toThrow(ServiceUnavailable);
  expect(bus.facts).toHaveLength(1);
  await run();
  expect(bus.facts).toHaveLength(2);
});

it('goes on after a fact that can’t be read, and says so every time until somebody has looked', async () => {
  const { outbox, bus, run } = relay();
  outbox.holdDamaged('half');
  outbox.hold('a', factAt('2026-11-23T12:00:00.000Z'));
  await expect(run()).rejects.toThrow('1 of 2 facts');
  expect(bus.facts).toHaveLength(1);
  await expect(run()).rejects.toThrow('1 of 1 facts');
});
