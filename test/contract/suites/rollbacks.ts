import { beforeEach, expect, it } from '@jest/globals';
import { NotFound, WriteConflict } from '../../../shared/domain/faults.ts';
import type { Deployments } from '../../../shared/ports/deployments.ts';
import type { Rollbacks } from '../../../shared/ports/rollbacks.ts';
import { COMMIT, NOON, sampleRelease } from '../../fakes/sample-records.ts';
import { anyModel } from './any-names.ts';

const LATER = '2026-11-23T12:10:00.000Z';
const wish = { by: { id: 6, username: 'on-call', name: 'Onno' }, reason: 'Too slow.', at: NOON };

/** What every `Rollbacks` does, over the `Deployments` that it is of. */
export function rollbacksContract(make: () => Promise<{ rollbacks: Rollbacks; deployments: Deployments }>) {
  let rollbacks: Rollbacks;
  let deployments: Deployments;
  let model: string;

  beforeEach(async () => {
    ({ rollbacks, deployments } = await make());
    model = anyModel();
  });

  const release = (sequence: number) => sampleRelease({ runId: `run-${sequence}`, sequence, commit: COMMIT });
  const prepare = (sequence: number, fence: number, rollbackId?: string) =>
    deployments.prepare(model, 'prod', `mlops-test-${model}-prod`, {
      ...release(sequence),
      fence,
      ...(rollbackId !== undefined && { rollbackId }),
    });
  const find = () => deployments.find(model, 'prod');

  async function goLive(...sequences: number[]): Promise<void> {
    for (const [index, sequence] of sequences.entries()) {
      await prepare(sequence, index + 1);
      await deployments.conclude(model, 'prod', index + 1, `run-${sequence}`);
    }
  }

  async function begin(at = NOON): Promise<string> {
    const answer = await rollbacks.begin(model, 'prod', { ...wish, at });
    if (answer.outcome !== 'begun') throw new Error(answer.outcome);
    return answer.rollback.rollbackId;
  }

  const conclude = (rollbackId: string, fence: number) =>
    rollbacks.conclude(model, 'prod', fence, rollbackId, release(1), LATER);

  it('knows nothing of an environment that was never touched', async () => {
    await expect(rollbacks.begin(model, 'prod', wish)).rejects.toThrow(NotFound);
    await expect(rollbacks.releaseHold(model, 'prod', wish)).rejects.toThrow(NotFound);
  });

  it('says why there is nothing to go back to', async () => {
    await prepare(1, 1);
    expect(await rollbacks.begin(model, 'prod', wish)).toMatchObject({ why: expect.stringContaining('is live') });
    await deployments.conclude(model, 'prod', 1, 'run-1');
    expect(await rollbacks.begin(model, 'prod', wish)).toMatchObject({
      outcome: 'nothing-to-roll-back',
      why: expect.stringContaining('the first that was live'),
    });
    expect(await find()).not.toHaveProperty('hold');
  });

  it('holds the environment from the moment on in which the rollback is asked for, once', async () => {
    await goLive(1, 2);
    const answers = await Promise.all([1, 2, 3].map(() => rollbacks.begin(model, 'prod', wish)));
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['begun', 'under-way', 'under-way']);
    expect(await find()).toMatchObject({
      hold: { by: wish.by, reason: 'Too slow.', from: 2, to: 1 },
      rollback: { number: 1, attempt: 1, status: 'under-way', from: release(2), to: release(1) },
    });
    await expect(prepare(3, 3)).rejects.toThrow(WriteConflict);
  });

  it('lets an older version come back by the rollback that was asked for, and by nothing else', async () => {
    await goLive(1, 2);
    await expect(prepare(1, 3)).rejects.toThrow(WriteConflict);
    const rollbackId = await begin();
    await expect(prepare(1, 3)).rejects.toThrow(WriteConflict);
    await expect(prepare(1, 3, 'rollback-of-somebody')).rejects.toThrow(WriteConflict);
    await expect(prepare(3, 3, rollbackId)).rejects.toThrow(WriteConflict);
    expect((await prepare(1, 3, rollbackId)).pending).toMatchObject({ sequence: 1, rollbackId });
    expect(await conclude(rollbackId, 3)).toMatchObject({
      live: release(1),
      rolledBack: release(2),
      hold: { from: 2 },
      rollback: { status: 'rolled-back', endedAt: LATER },
    });
    await expect(prepare(1, 4, rollbackId)).rejects.toThrow(WriteConflict);
  });

  it('never leads forward again to the version that was rolled back', async () => {
    await goLive(1, 2);
    const rollbackId = await begin();
    await prepare(1, 3, rollbackId);
    const concluded = await conclude(rollbackId, 3);
    expect(await conclude(rollbackId, 3)).toEqual(concluded);
    expect(concluded).not.toHaveProperty('former');
    expect(concluded).not.toHaveProperty('pending');
    expect(await rollbacks.begin(model, 'prod', wish)).toMatchObject({ outcome: 'rolled-back-already' });
    await rollbacks.releaseHold(model, 'prod', wish);
    expect(await rollbacks.begin(model, 'prod', wish)).toMatchObject({ outcome: 'nothing-to-roll-back' });
  });

  it('keeps candidates out that are older than the one that was rolled back, and lets newer ones in after the release', async () => {
    await goLive(1, 3);
    const rollbackId = await begin();
    await prepare(1, 3, rollbackId);
    await conclude(rollbackId, 3);
    expect(await rollbacks.releaseHold(model, 'prod', { ...wish, at: LATER })).toMatchObject({
      outcome: 'released',
      hold: { from: 3, to: 1 },
    });
    expect(await rollbacks.releaseHold(model, 'prod', wish)).toEqual({ outcome: 'not-held' });
    expect((await find())?.rollback?.released).toEqual({ ...wish, at: LATER });
    await expect(prepare(2, 4)).rejects.toThrow(WriteConflict);
    await prepare(4, 4);
    const after = await deployments.conclude(model, 'prod', 4, 'run-4');
    expect(after).toMatchObject({ live: release(4), former: release(1) });
    expect(after).not.toHaveProperty('rolledBack');
    expect(await begin(LATER)).not.toBe(rollbackId);
  });

  it('lifts the hold when the rollback fails, and forgets where the endpoint was to go', async () => {
    await goLive(1, 2);
    const rollbackId = await begin();
    expect(await rollbacks.releaseHold(model, 'prod', wish)).toMatchObject({ outcome: 'under-way' });
    await prepare(1, 3, rollbackId);
    const end = { reasons: ['It did not answer.'], at: LATER, keepsPending: false };
    const failed = await rollbacks.fail(model, 'prod', rollbackId, end);
    expect(failed).toMatchObject({
      live: release(2),
      former: release(1),
      rollback: { status: 'failed', ...asEnded(end) },
    });
    expect(failed).not.toHaveProperty('hold');
    expect(failed).not.toHaveProperty('pending');
    expect(await rollbacks.fail(model, 'prod', rollbackId, { ...end, reasons: [] })).toEqual(failed);
    await expect(conclude(rollbackId, 3)).rejects.toThrow(WriteConflict);
    await expect(begin(LATER)).resolves.toEqual(expect.any(String));
  });

  it('remembers where the endpoint may stand when it could not be brought back', async () => {
    await goLive(1, 2);
    const rollbackId = await begin();
    await prepare(1, 3, rollbackId);
    const end = { reasons: ['Stopped.'], at: LATER, keepsPending: true };
    expect(await rollbacks.fail(model, 'prod', rollbackId, end)).toMatchObject({ pending: { rollbackId } });
  });

  it('refuses a rollback whose lease has passed on', async () => {
    await goLive(1, 2);
    const rollbackId = await begin();
    await expect(prepare(1, 1, rollbackId)).rejects.toThrow(WriteConflict);
    await expect(conclude(rollbackId, 1)).rejects.toThrow(WriteConflict);
  });

  it('counts an attempt once', async () => {
    await goLive(1, 2);
    const rollbackId = await begin();
    await Promise.all([1, 2].map(() => rollbacks.resume(model, 'prod', rollbackId, 1)));
    expect((await find())?.rollback?.attempt).toBe(2);
  });

  it('lists what is under way, also while the endpoint moves, until it has ended', async () => {
    await goLive(1, 2);
    const rollbackId = await begin();
    await prepare(1, 3, rollbackId);
    const listed = async (before: string) =>
      (await rollbacks.underWay(before)).filter((deployment) => deployment.model === model).length;
    expect([await listed(NOON), await listed(LATER)]).toEqual([0, 1]);
    await conclude(rollbackId, 3);
    expect(await listed(LATER)).toBe(0);
  });
}

function asEnded({ reasons, at }: { reasons: string[]; at: string }) {
  return { reasons, endedAt: at };
}
