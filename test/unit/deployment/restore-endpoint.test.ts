import { describe, expect, it } from '@jest/globals';
import { ServiceUnavailable } from '../../../shared/domain/faults.ts';
import { sampleRelease } from '../../fakes/sample-records.ts';
import { rolloutWorld } from './rollout-world.ts';

const other = { runId: 'f'.repeat(20), sequence: 0, commit: 'c'.repeat(40) };

/** A roll-out over a live version has arrived and is found wanting. */
async function wanting() {
  const w = await rolloutWorld();
  const live = sampleRelease(other, { endpointConfigName: 'old' });
  w.deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: w.endpointName('dev'), live });
  await w.deps.hosting.createEndpoint(w.endpointName('dev'), 'old', {});
  w.deps.hosting.settle(w.endpointName('dev'));
  await w.rollOut();
  return w;
}

describe('restoring an endpoint', () => {
  it('gives the former configuration back and says so in GitLab', async () => {
    const w = await wanting();
    await w.arrive();
    await w.restore();
    expect(w.answer('back')).toBeUndefined();
    expect(w.deps.hosting.endpoints.get(w.endpointName('dev'))?.status).toBe('Updating');
    expect(w.deps.hosting.wanted.get(w.endpointName('dev'))).toBe('old');
    await w.arrive();
    expect(w.answer('back')).toEqual({ output: { outcome: 'restored', reasons: [] } });
    expect(w.deps.gitlab.all[0]?.status).toBe('failed');
    await w.release({ outcome: 'failed', reasons: ['slow'] }, 'restored');
    expect(await w.deployment()).toMatchObject({ live: { endpointConfigName: 'old' } });
    expect((await w.deployment())?.pending).toBeUndefined();
    expect(w.events()).toEqual(['endpoint-updated#dev#1', 'endpoint-restored#dev#1', 'rollout-failed#dev#1']);
  });

  it('has nothing to ask for where SageMaker rolled back itself', async () => {
    const w = await wanting();
    await w.arrive('dev', { configName: 'old' });
    await w.restore();
    expect(w.answer('back')).toMatchObject({ output: { outcome: 'restored' } });
  });

  it('takes the endpoint away where nothing was live before', async () => {
    const w = await rolloutWorld();
    await w.rollOut();
    await w.arrive('dev', { status: 'Failed' });
    await w.restore();
    expect(w.deps.hosting.deleted).toEqual([w.endpointName('dev')]);
    expect(w.answer('back')).toMatchObject({ output: { outcome: 'restored' } });
  });

  it('touches nothing that this run has not touched', async () => {
    const w = await rolloutWorld();
    await w.restore();
    expect(w.answer('back')).toMatchObject({ output: { outcome: 'untouched' } });
  });

  it('waits for SageMaker to be done, by failing for the moment', async () => {
    const w = await wanting();
    await expect(w.restore()).rejects.toThrow(ServiceUnavailable);
    await w.arrive();
    await w.restore('dev', 'later');
    await w.arrive();
    expect(w.answer('later')).toMatchObject({ output: { outcome: 'restored' } });
  });

  it('says that it failed where the former configuration does not come into service', async () => {
    const w = await wanting();
    await w.arrive();
    await w.restore();
    await w.arrive('dev', { status: 'UpdateRollbackFailed', failureReason: 'both failed' });
    expect(w.answer('back')).toMatchObject({
      output: { outcome: 'failed', reasons: [expect.stringContaining('both failed')] },
    });
  });

  it('is not answered by what the roll-out before it was answered with', async () => {
    const w = await wanting();
    await w.arrive();
    expect(w.answer('move')).toMatchObject({ output: { outcome: 'in-service' } });
    await w.restore();
    expect(w.answer('back')).toBeUndefined();
  });
});
