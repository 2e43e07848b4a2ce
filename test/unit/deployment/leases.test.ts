import { describe, expect, it } from '@jest/globals';
import { step as acquireLease } from '../../../functions/deployment/acquire-lease.ts';
import { NOON, sampleRelease, sampleRun } from '../../fakes/sample-records.ts';
import { rolloutWorld } from './rollout-world.ts';

const live = { outcome: 'live' as const, reasons: [] };

async function withSecondRun() {
  const w = await rolloutWorld();
  const second = w.deps.runs.put(sampleRun({ pipelineId: 102, sequence: 2, status: 'rolling-out' }));
  const acquireSecond = (taskToken: string) =>
    acquireLease.run({ runId: second.runId, attempt: 1, environment: 'dev', taskToken }, w.deps);
  return { ...w, second, acquireSecond };
}

describe('the lease on an endpoint', () => {
  it('is granted at once where nobody holds it', async () => {
    const w = await rolloutWorld();
    await w.acquire();
    expect(w.answer('lease')).toEqual({ output: { outcome: 'acquired', fence: 1, reasons: [] } });
  });

  it('lets a second run wait, and goes to it with a higher fence', async () => {
    const w = await withSecondRun();
    await w.acquire();
    await w.acquireSecond('second');
    expect(w.answer('second')).toBeUndefined();
    expect(w.deps.timeline.events).toMatchObject([{ type: 'lease-awaited', detail: { heldBy: w.run.runId } }]);
    await w.release(live);
    expect(w.answer('second')).toEqual({ output: { outcome: 'acquired', fence: 2, reasons: [] } });
  });

  it('keeps no token of a run that is answered at once', async () => {
    const w = await rolloutWorld();
    await w.acquire();
    expect(await w.deps.rendezvous.overdue('2999-01-01T00:00:00.000Z')).toEqual([]);
  });

  it('comes to a run in the queue also before its token is kept', async () => {
    const w = await withSecondRun();
    await w.acquire();
    const { wait } = w.deps.rendezvous;
    w.deps.rendezvous.wait = async (...given) => {
      await w.release(live);
      return wait(...given);
    };
    await w.acquireSecond('second');
    expect(w.answer('second')).toEqual({ output: { outcome: 'acquired', fence: 2, reasons: [] } });
  });

  it('comes to a run that was killed in the queue before its token was kept', async () => {
    const w = await withSecondRun();
    await w.acquire();
    const { wait } = w.deps.rendezvous;
    w.deps.rendezvous.wait = () => Promise.reject(new Error('killed'));
    await expect(w.acquireSecond('lost')).rejects.toThrow('killed');
    w.deps.rendezvous.wait = wait;
    await w.release(live);
    await w.acquireSecond('again');
    expect(w.answer('again')).toEqual({ output: { outcome: 'acquired', fence: 2, reasons: [] } });
  });

  it('stays with its holder when the step is repeated', async () => {
    const w = await rolloutWorld();
    await w.acquire('dev', 'lost');
    await w.acquire('dev', 'again');
    expect(w.answer('again')).toMatchObject({ output: { outcome: 'acquired', fence: 1 } });
  });

  it('passes over a run that has ended while it waited', async () => {
    const w = await withSecondRun();
    const third = w.deps.runs.put(sampleRun({ pipelineId: 103, sequence: 3, status: 'rolling-out' }));
    await w.acquire();
    await w.acquireSecond('second');
    await acquireLease.run({ runId: third.runId, attempt: 1, environment: 'dev', taskToken: 'third' }, w.deps);
    await w.deps.runs.update(w.second.runId, { status: 'superseded' }, NOON);
    await w.release(live);
    expect(w.answer('second')).toBeUndefined();
    expect(w.answer('third')).toMatchObject({ output: { outcome: 'acquired' } });
  });

  it('is not needed by a candidate that came too late', async () => {
    const w = await rolloutWorld();
    const newer = sampleRelease({ runId: 'f'.repeat(20), sequence: 9, commit: w.run.commit });
    w.deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: 'e', live: newer });
    await w.acquire();
    expect(w.answer('lease')).toMatchObject({ output: { outcome: 'superseded' } });
  });

  it('is not let go of by an attempt that another one has replaced', async () => {
    const w = await withSecondRun();
    await w.acquire();
    await w.acquireSecond('second');
    w.deps.runs.put({ ...w.run, attempt: 2 });
    await w.release(live);
    expect(w.answer('second')).toBeUndefined();
  });
});
