import { beforeEach, expect, it } from '@jest/globals';
import { NotFound, WriteConflict } from '../../../shared/domain/faults.ts';
import type { Deployments } from '../../../shared/ports/deployments.ts';
import { COMMIT, sampleRelease } from '../../fakes/sample-records.ts';
import { anyModel } from './any-names.ts';

/** What every `Deployments` does. */
export function deploymentsContract(make: () => Promise<Deployments>) {
  let deployments: Deployments;
  let model: string;

  beforeEach(async () => {
    deployments = await make();
    model = anyModel();
  });

  const release = (sequence: number) => sampleRelease({ runId: `run-${sequence}`, sequence, commit: COMMIT });
  const prepare = (sequence: number, fence: number) =>
    deployments.prepare(model, 'dev', `mlops-test-${model}-dev`, { ...release(sequence), fence });
  const conclude = (sequence: number, fence: number) => deployments.conclude(model, 'dev', fence, `run-${sequence}`);

  it('knows nothing of an environment that was never touched', async () => {
    expect(await deployments.find(model, 'dev')).toBeUndefined();
    expect(await deployments.listByModel(model)).toEqual([]);
    await expect(conclude(1, 1)).rejects.toThrow(NotFound);
  });

  it('records what an endpoint is being moved to, then that it is live, then what it replaced', async () => {
    await prepare(1, 1);
    expect(await deployments.find(model, 'dev')).toMatchObject({ pending: { ...release(1), fence: 1 } });
    expect(await conclude(1, 1)).toEqual({
      model,
      environment: 'dev',
      endpointName: `mlops-test-${model}-dev`,
      live: release(1),
    });
    await prepare(2, 2);
    expect(await conclude(2, 2)).toMatchObject({ live: release(2), former: release(1) });
    expect(await deployments.find(model, 'dev')).not.toHaveProperty('pending');
  });

  it('changes nothing when a release is concluded again', async () => {
    await prepare(1, 1);
    await conclude(1, 1);
    await prepare(2, 2);
    const concluded = await conclude(2, 2);
    expect(await conclude(2, 2)).toEqual(concluded);
  });

  it('lets the same run say again what it prepares', async () => {
    await prepare(1, 1);
    const again = await deployments.prepare(model, 'dev', `mlops-test-${model}-dev`, {
      ...release(1),
      fence: 1,
      gitlabDeploymentId: 7,
    });
    expect(again.pending).toMatchObject({ gitlabDeploymentId: 7 });
  });

  it('refuses a run whose lease has passed on', async () => {
    await prepare(2, 2);
    await expect(prepare(1, 1)).rejects.toThrow(WriteConflict);
    await expect(conclude(1, 1)).rejects.toThrow(WriteConflict);
    await expect(deployments.abandon(model, 'dev', 1)).rejects.toThrow(WriteConflict);
    expect(await deployments.find(model, 'dev')).toMatchObject({ pending: { sequence: 2 } });
  });

  it('never puts an older candidate over a newer one that is live', async () => {
    await prepare(5, 1);
    await conclude(5, 1);
    await expect(prepare(4, 2)).rejects.toThrow(WriteConflict);
  });

  it('forgets what did not come true and keeps what is live', async () => {
    await prepare(1, 1);
    await conclude(1, 1);
    await prepare(2, 2);
    const abandoned = await deployments.abandon(model, 'dev', 2);
    expect(abandoned).toMatchObject({ live: release(1) });
    expect(abandoned).not.toHaveProperty('pending');
  });

  it('lists the environments of one model', async () => {
    await prepare(1, 1);
    await deployments.prepare(model, 'qa', `mlops-test-${model}-qa`, { ...release(1), fence: 1 });
    expect((await deployments.listByModel(model)).map(({ environment }) => environment).sort()).toEqual(['dev', 'qa']);
  });
}
