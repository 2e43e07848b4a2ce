import { beforeEach, expect, it } from '@jest/globals';
import type { Fact, Outbox } from '../../../shared/ports/bus.ts';
import type { Deliveries, Delivery } from '../../../shared/ports/deliveries.ts';
import { NOON } from '../../fakes/sample-records.ts';
import { anyId } from './any-names.ts';

const fact: Fact = { detailType: 'PipelineReported.v1', detail: { pipeline: { id: 31 } }, occurredAt: NOON };

/** What every `Deliveries` and the `Outbox` behind it do. */
export function deliveriesContract(
  make: () => Promise<{ deliveries: Deliveries; outbox: Outbox; holdDamaged: (id: string) => Promise<void> }>,
) {
  let holdDamaged: (id: string) => Promise<void>;
  let deliveries: Deliveries;
  let outbox: Outbox;
  let delivery: Delivery;

  beforeEach(async () => {
    ({ deliveries, outbox, holdDamaged } = await make());
    delivery = { deliveryId: anyId(), receivedAt: NOON, payloadSha256: 'a'.repeat(64), event: 'Pipeline Hook' };
  });

  const unpublishedOf = async (before: string, id: string) =>
    (await outbox.unpublished(before)).held.filter(({ fact: { detail } }) => detail.id === id);
  const withFact = (): Delivery => ({
    ...delivery,
    fact: { ...fact, detail: { ...fact.detail, id: delivery.deliveryId } },
  });

  it('keeps a delivery once, whoever sends it again', async () => {
    expect(await deliveries.keep(delivery)).toBe('kept');
    expect(await deliveries.keep({ ...delivery, event: 'Push Hook' })).toBe('duplicate');
    expect(await deliveries.find(delivery.deliveryId)).toEqual(delivery);
  });

  it('keeps one of twenty that arrive at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => deliveries.keep(delivery)));
    expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(1);
  });

  it('finds no delivery that never came', async () => {
    expect(await deliveries.find(anyId())).toBeUndefined();
  });

  it('holds a fact in the outbox until it is published', async () => {
    await deliveries.keep(withFact());
    expect(await unpublishedOf('2026-11-23T12:00:00.000Z', delivery.deliveryId)).toEqual([]);
    expect(await unpublishedOf('2026-11-23T12:00:01.000Z', delivery.deliveryId)).toMatchObject([
      { fact: withFact().fact },
    ]);
    await deliveries.published(delivery.deliveryId);
    expect(await unpublishedOf('2026-11-23T12:00:01.000Z', delivery.deliveryId)).toEqual([]);
    expect(await deliveries.find(delivery.deliveryId)).toEqual(withFact());
  });

  it('takes a fact out by the key under which the outbox listed it, twice if need be', async () => {
    await deliveries.keep(withFact());
    const [held] = await unpublishedOf('2026-11-23T12:00:01.000Z', delivery.deliveryId);
    const key = held?.key ?? '';
    await outbox.published(key);
    await outbox.published(key);
    expect(await unpublishedOf('2026-11-23T12:00:01.000Z', delivery.deliveryId)).toEqual([]);
  });

  it('names a stored fact that can not be read, and lists the others all the same', async () => {
    const damagedId = anyId();
    await holdDamaged(damagedId);
    await deliveries.keep(withFact());
    const { damaged } = await outbox.unpublished('2026-11-23T12:00:01.000Z');
    expect(damaged.filter(({ key }) => key.includes(damagedId))).toHaveLength(1);
    expect(await unpublishedOf('2026-11-23T12:00:01.000Z', delivery.deliveryId)).toHaveLength(1);
  });

  it('records where a delivery led, once', async () => {
    await deliveries.keep(delivery);
    await deliveries.conclude(delivery.deliveryId, { runId: 'run-1' });
    await deliveries.conclude(delivery.deliveryId, { ignored: 'too late' });
    expect(await deliveries.find(delivery.deliveryId)).toEqual({ ...delivery, conclusion: { runId: 'run-1' } });
  });

  it('does not mind a conclusion about a delivery that is gone', async () => {
    await expect(deliveries.conclude(anyId(), { ignored: 'nothing' })).resolves.toBeUndefined();
  });
}
