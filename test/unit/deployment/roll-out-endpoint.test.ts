import { describe, expect, it } from '@jest/globals';
import { settleEndpoint } from '../../../shared/application/settle-endpoint.ts';
import { sampleRelease } from '../../fakes/sample-records.ts';
import { rolloutWorld } from './rollout-world.ts';

const other = { runId: 'f'.repeat(20), sequence: 0, commit: 'c'.repeat(40) };

describe('rolling out an endpoint', () => {
  it('creates the endpoint where there is none, and is answered when it is in service', async () => {
    const w = await rolloutWorld();
    await w.rollOut();
    expect(w.answer('move')).toBeUndefined();
    expect(w.deps.hosting.endpoints.get(w.endpointName('dev'))?.status).toBe('Creating');
    await w.arrive();
    expect(w.answer('move')).toEqual({ output: { outcome: 'in-service', reasons: [] } });
    expect(w.deps.gitlab.all).toMatchObject([
      { environment: 'dev', tier: 'development', status: 'running', sha: w.run.commit },
    ]);
    expect(w.events()).toEqual(['endpoint-updated#dev#1']);
  });

  it('makes model and configuration as policy and stage say, named by what defines them', async () => {
    const w = await rolloutWorld();
    await w.rollOut('prod');
    const [model] = w.deps.hosting.models.values();
    const [config] = w.deps.hosting.configs.values();
    expect(model).toMatchObject({
      modelPackageArn: w.modelPackageArn,
      roleArn: 'arn:aws:iam::000000000000:role/mlops-test-serving',
      network: w.deps.stage.network,
      tags: { stage: 'test', environment: 'prod' },
    });
    expect(config).toMatchObject({ instanceType: 'ml.m5.large', instanceCount: 2, kmsKeyArn: w.deps.stage.keyArn });
    expect(config?.capture).toBeUndefined();
    expect(config?.name.length).toBeLessThanOrEqual(63);
    expect(model?.name.length).toBeLessThanOrEqual(63);
  });

  it('records what the endpoint is to become before it is touched', async () => {
    const w = await rolloutWorld();
    const create = w.deps.hosting.createEndpoint;
    let pendingBefore: string | undefined;
    w.deps.hosting.createEndpoint = async (...given) => {
      pendingBefore = (await w.deployment())?.pending?.endpointConfigName;
      return create(...given);
    };
    await w.rollOut();
    expect(pendingBefore).toBe(w.deps.hosting.endpoints.get(w.endpointName('dev'))?.configName);
  });

  it('updates the endpoint that serves the former version', async () => {
    const w = await rolloutWorld();
    const live = sampleRelease(other, { endpointConfigName: 'old' });
    w.deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: w.endpointName('dev'), live });
    await w.deps.hosting.createEndpoint(w.endpointName('dev'), 'old', {});
    w.deps.hosting.settle(w.endpointName('dev'));
    await w.rollOut();
    expect(w.deps.hosting.endpoints.get(w.endpointName('dev'))?.status).toBe('Updating');
    await w.arrive();
    expect(w.answer('move')).toMatchObject({ output: { outcome: 'in-service' } });
  });

  it('takes an update that SageMaker rolled back for the failure that it is', async () => {
    const w = await rolloutWorld();
    const live = sampleRelease(other, { endpointConfigName: 'old' });
    w.deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: w.endpointName('dev'), live });
    await w.deps.hosting.createEndpoint(w.endpointName('dev'), 'old', {});
    w.deps.hosting.settle(w.endpointName('dev'));
    await w.rollOut();
    await w.takeBack('dev');
    expect(w.answer('move')).toMatchObject({
      output: { outcome: 'failed', reasons: [expect.stringContaining('ping health check')] },
    });
  });

  it('calls a lack of capacity a fault', async () => {
    const w = await rolloutWorld();
    await w.rollOut();
    await w.arrive('dev', { status: 'Failed', failureReason: 'InsufficientInstanceCapacity: no ml.t2.medium' });
    expect(w.answer('move')).toMatchObject({ output: { outcome: 'faulted' } });
  });

  it('leaves an endpoint alone that stands on a configuration nobody recorded', async () => {
    const w = await rolloutWorld();
    await w.deps.hosting.createEndpoint(w.endpointName('dev'), 'by-hand', {});
    w.deps.hosting.settle(w.endpointName('dev'));
    await w.rollOut();
    expect(w.answer('move')).toMatchObject({
      output: { outcome: 'unrecorded-config', reasons: [expect.stringContaining('by-hand')] },
    });
    expect(w.deps.hosting.endpoints.get(w.endpointName('dev'))?.configName).toBe('by-hand');
    expect(w.deps.gitlab.all).toEqual([]);
  });

  it('does not touch an endpoint that somebody else is changing', async () => {
    const w = await rolloutWorld();
    await w.deps.hosting.createEndpoint(w.endpointName('dev'), 'by-hand', {});
    await w.rollOut();
    expect(w.answer('move')).toMatchObject({ output: { outcome: 'faulted' } });
  });

  it('goes on waiting when the step is repeated while SageMaker is at work', async () => {
    const w = await rolloutWorld();
    await w.rollOut('dev', 'lost');
    await w.rollOut('dev', 'move');
    await w.arrive();
    expect(w.answer('move')).toMatchObject({ output: { outcome: 'in-service' } });
    expect(w.deps.gitlab.all).toHaveLength(1);
  });

  it('is answered at once where the endpoint serves that configuration already', async () => {
    const w = await rolloutWorld();
    await w.rollOut();
    await w.arrive();
    await w.record();
    await w.rollOut('dev', 'again');
    expect(w.answer('again')).toMatchObject({ output: { outcome: 'in-service' } });
  });

  it('is not fooled by an event that comes before the endpoint was touched', async () => {
    const w = await rolloutWorld();
    const live = sampleRelease(other, { endpointConfigName: 'old' });
    w.deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: w.endpointName('dev'), live });
    await w.deps.hosting.createEndpoint(w.endpointName('dev'), 'old', {});
    w.deps.hosting.settle(w.endpointName('dev'));
    const update = w.deps.hosting.updateEndpoint;
    w.deps.hosting.updateEndpoint = async (...given) => {
      await settleEndpoint('flight-delays', 'dev', w.deps);
      return update(...given);
    };
    await w.rollOut();
    expect(w.answer('move')).toBeUndefined();
  });

  it('never replaces a newer candidate', async () => {
    const w = await rolloutWorld();
    const live = sampleRelease({ ...other, sequence: 9 }, { endpointConfigName: 'newer' });
    w.deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: w.endpointName('dev'), live });
    await w.deps.hosting.createEndpoint(w.endpointName('dev'), 'newer', {});
    w.deps.hosting.settle(w.endpointName('dev'));
    await expect(w.rollOut()).rejects.toThrow('An older one never replaces it');
    expect(w.deps.hosting.endpoints.get(w.endpointName('dev'))?.configName).toBe('newer');
  });

  it('refuses an old fence', async () => {
    const w = await rolloutWorld();
    w.deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: w.endpointName('dev') }, 5);
    await expect(w.rollOut('dev', 'move', 4)).rejects.toThrow('lease');
  });
});
