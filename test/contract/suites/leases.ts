import { beforeEach, expect, it } from '@jest/globals';
import type { Leases } from '../../../shared/ports/deployments.ts';
import { NOON } from '../../fakes/sample-records.ts';
import { anyModel } from './any-names.ts';

/** What every `Leases` does. */
export function leasesContract(make: () => Promise<Leases>) {
  let leases: Leases;
  let model: string;

  beforeEach(async () => {
    leases = await make();
    model = anyModel();
  });

  const acquire = (runId: string, environment = 'dev') =>
    leases.acquire({ model, environment, runId, sequence: 1, now: NOON });
  const release = (runId: string, environment = 'dev') => leases.release(model, environment, runId, NOON);

  it('grants a free lease, and the same one again to the run that holds it', async () => {
    expect(await acquire('one')).toEqual({ outcome: 'granted', fence: 1 });
    expect(await acquire('one')).toEqual({ outcome: 'granted', fence: 1 });
  });

  it('queues a run behind the holder and hands over with a higher fence', async () => {
    await acquire('one');
    expect(await acquire('two')).toEqual({ outcome: 'queued', heldBy: 'one' });
    expect(await acquire('two')).toEqual({ outcome: 'queued', heldBy: 'one' });
    expect(await release('one')).toEqual({ next: { runId: 'two', fence: 2 } });
    expect(await acquire('two')).toEqual({ outcome: 'granted', fence: 2 });
    expect(await release('two')).toEqual({});
  });

  it('hands over in the order of arrival', async () => {
    await acquire('one');
    await acquire('two');
    await acquire('three');
    expect(await release('one')).toMatchObject({ next: { runId: 'two' } });
    expect(await release('two')).toMatchObject({ next: { runId: 'three' } });
  });

  it('lets a waiting run leave the queue', async () => {
    await acquire('one');
    await acquire('two');
    expect(await release('two')).toEqual({});
    expect(await release('one')).toEqual({});
  });

  it('does nothing when a lease is released twice', async () => {
    await acquire('one');
    await acquire('two');
    await release('one');
    expect(await release('one')).toEqual({});
    expect(await acquire('two')).toEqual({ outcome: 'granted', fence: 2 });
  });

  it('raises the fence with every grant, also after the lease was free', async () => {
    await acquire('one');
    await release('one');
    expect(await acquire('two')).toEqual({ outcome: 'granted', fence: 2 });
  });

  it('keeps the environments of a model apart', async () => {
    await acquire('one', 'dev');
    expect(await acquire('two', 'qa')).toEqual({ outcome: 'granted', fence: 1 });
  });

  it('grants one of eight runs that race for it and queues the others', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => acquire(`run-${index}`)));
    expect(answers.filter(({ outcome }) => outcome === 'granted')).toHaveLength(1);
  });
}
