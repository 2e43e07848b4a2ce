import { describe, expect, it } from '@jest/globals';
import { releaseHold } from '../../../shared/application/release-hold.ts';
import { releaseLease } from '../../../shared/application/release-leases.ts';
import { NOON, sampleRun } from '../../fakes/sample-records.ts';
import { MODEL, people, type RollbackWorld, rollbackWorld } from './rollback-world.ts';

const done = { outcome: 'rolled-back' as const, reasons: [] };

async function rolledBack(): Promise<RollbackWorld> {
  const w = await rollbackWorld();
  await w.request();
  await w.acquireRollback();
  await w.verifyRollback();
  await w.rollBack();
  await w.arrive();
  await w.smokeTestRollback();
  await w.recordRollback();
  await w.close(done);
  return w;
}

describe('asking for a rollback', () => {
  it('starts one workflow and is in the timelines of both versions, with who and why', async () => {
    const w = await rollbackWorld();
    await expect(w.request()).resolves.toMatchObject({
      outcome: 'accepted',
      sentence: 'flight-delays in dev goes back from version 2 to version 1.',
    });
    expect([...w.deps.rollbackExecutions.started.values()]).toMatchObject([{ environment: 'dev', attempt: 1 }]);
    const told = w.deps.timeline.events.filter(({ type }) => type === 'rollback-requested');
    expect(told).toMatchObject([
      { runId: w.bad.runId, actor: 'Onno (@on-call)', summary: expect.stringContaining('Too slow.') },
      { runId: w.former.runId },
    ]);
  });

  it('tells who asks again of the rollback that there is, and starts nothing', async () => {
    const w = await rollbackWorld();
    const [first, second] = [await w.request(), await w.request(people.maintainer, 'Me too.')];
    expect(second).toMatchObject({ outcome: 'already', sentence: expect.stringContaining('asked for by Onno') });
    expect(second).toHaveProperty('rollbackId', 'rollbackId' in first ? first.rollbackId : '');
    expect(w.deps.rollbackExecutions.started.size).toBe(1);
    const after = await rolledBack();
    await expect(after.request()).resolves.toMatchObject({
      outcome: 'already',
      sentence: expect.stringContaining('Nothing to do: flight-delays in dev serves version 1 again'),
    });
  });

  it('is for Maintainers and on-call; others are refused, and outsiders learn nothing', async () => {
    const w = await rollbackWorld();
    await expect(w.request(people.developer)).resolves.toMatchObject({ outcome: 'not-allowed' });
    await expect(w.request(people.outsider)).resolves.toEqual({ outcome: 'unknown' });
    w.deps.memberships.groups['ml-on-call'] = { [people.onCall.id]: 20 };
    await expect(w.request(people.onCall)).resolves.toMatchObject({ outcome: 'not-allowed' });
    await expect(w.request(people.maintainer)).resolves.toMatchObject({ outcome: 'accepted' });
  });

  it('is refused in words where nothing was live before', async () => {
    const w = await rollbackWorld();
    w.deps.deployments.put({ model: MODEL, environment: 'dev', endpointName: w.endpointName, live: w.bad });
    await expect(w.request()).resolves.toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('no former one'),
    });
    expect(w.deps.rollbackExecutions.started.size).toBe(0);
  });
});

describe('a rollback', () => {
  it('moves the endpoint to the former configuration, tests it, and records it here and in GitLab', async () => {
    const w = await rollbackWorld();
    await w.request();
    await w.acquireRollback();
    expect(w.answer('rollback-lease')).toMatchObject({ output: { outcome: 'acquired', fence: 1 } });
    await expect(w.verifyRollback()).resolves.toEqual({ outcome: 'verified', reasons: [], runId: w.former.runId });
    await w.rollBack();
    expect(w.deps.hosting.endpoints.get(w.endpointName)?.status).toBe('Updating');
    expect(w.deps.hosting.wanted.get(w.endpointName)).toBe(w.former.endpointConfigName);
    await w.arrive();
    expect(w.answer('way-back')).toMatchObject({ output: { outcome: 'in-service' } });
    await expect(w.smokeTestRollback()).resolves.toMatchObject({ outcome: 'passed' });
    await expect(w.recordRollback()).resolves.toMatchObject({ outcome: 'rolled-back' });
    await w.close(done);
    const after = await w.deployment();
    expect(after).toMatchObject({
      live: { runId: w.former.runId, version: 1, endpointConfigName: w.former.endpointConfigName },
      rolledBack: { version: 2 },
      hold: { by: people.onCall, reason: 'Too slow.', from: 2, to: 1 },
    });
    expect(after?.live).not.toHaveProperty('rollbackId');
    expect(w.deps.gitlab.all.at(-1)).toMatchObject({ environment: 'dev', sha: w.former.commit, status: 'success' });
    expect(w.events().filter((key) => key.startsWith('endpoint-rolled-back#dev#rollback-'))).toHaveLength(2);
  });

  it('tells on-call once, however often its last step runs, and hands the endpoint on', async () => {
    const w = await rolledBack();
    await w.close(done);
    expect(w.deps.notices.sent).toMatchObject([
      { to: 'on-call', group: 'ml-on-call', subject: '[rolled back] flight-delays in dev: version 2 to 1' },
    ]);
    await w.acquire('dev', 'next-run');
    expect(w.answer('next-run')).toMatchObject({ output: { outcome: 'superseded' } });
  });

  it('has nothing left to do where an earlier attempt has done it all', async () => {
    const w = await rolledBack();
    await expect(w.verifyRollback()).resolves.toMatchObject({ outcome: 'rolled-back' });
    await expect(w.recordRollback()).resolves.toMatchObject({ outcome: 'rolled-back' });
  });

  it('waits for the run that moves the endpoint, and is woken by its end', async () => {
    const w = await rollbackWorld();
    const moving = w.deps.runs.put(sampleRun({ pipelineId: 103, sequence: 3, status: 'rolling-out' }));
    await w.deps.leases.acquire({ model: MODEL, environment: 'dev', runId: moving.runId, sequence: 3, now: NOON });
    await w.request();
    await w.acquireRollback();
    expect(w.answer('rollback-lease')).toBeUndefined();
    await releaseLease(MODEL, 'dev', moving.runId, w.deps);
    expect(w.answer('rollback-lease')).toMatchObject({ output: { outcome: 'acquired', fence: 2 } });
  });

  const blocks: [string, (w: RollbackWorld) => unknown, string][] = [
    [
      'another version went live while it waited',
      (w) =>
        changeDeployment(w, {
          live: { ...w.bad, runId: 'f'.repeat(20), version: 3, endpointConfigName: 'config-of-3' },
        }),
      'version 3 went live meanwhile',
    ],
    [
      'the bytes are not those that were approved',
      (w) => w.deps.objects.put(w.former.artifactUri, 'another'),
      'not those that were approved',
    ],
    [
      'the version was rejected since',
      (w) => w.deps.registry.setApproval(w.modelPackageArn, 'Rejected', ''),
      'Rejected',
    ],
    [
      'its configuration was deleted',
      (w) => w.deps.hosting.configs.delete(w.former.endpointConfigName),
      'is gone: somebody deleted it',
    ],
  ];

  it.each(blocks)('is blocked when %s', async (_what, tamper, sentence) => {
    const w = await rollbackWorld();
    await w.request();
    await tamper(w);
    const verification = await w.verifyRollback();
    expect(verification.outcome).toBe('blocked');
    expect(verification.reasons.join(' ')).toContain(sentence);
    await w.close({ outcome: 'blocked', reasons: verification.reasons });
    expect(await w.deployment()).toMatchObject({ rollback: { status: 'failed', reasons: verification.reasons } });
    expect(await w.deployment()).not.toHaveProperty('hold');
  });

  it.each([
    ['stands on what nobody recorded', { configName: 'by-hand' }, 'no run of ours put there'],
    ['is being changed by somebody else', { status: 'Updating' }, "by somebody else's hand"],
  ])('leaves an endpoint alone that %s', async (_what, changes, sentence) => {
    const w = await rollbackWorld();
    await w.request();
    w.deps.hosting.settle(w.endpointName, changes);
    await w.rollBack();
    expect(w.answer('way-back')).toMatchObject({
      output: { outcome: 'blocked', reasons: [expect.stringContaining(sentence)] },
    });
    expect((await w.deployment())?.pending).toBeUndefined();
  });

  it('creates no endpoint where somebody deleted it', async () => {
    const w = await rollbackWorld();
    await w.request();
    w.deps.hosting.endpoints.delete(w.endpointName);
    await w.rollBack();
    expect(w.answer('way-back')).toMatchObject({ output: { outcome: 'blocked' } });
  });

  it('gives the present version back when the former one does not answer as it did, and says so', async () => {
    const w = await rollbackWorld();
    await w.request();
    await w.rollBack();
    await w.arrive();
    w.deps.hosting.answer = () => ({ outcome: 'answered', body: '{"score":9}', latencyMs: 5 });
    const tested = await w.smokeTestRollback();
    expect(tested.outcome).toBe('failed');
    await w.restoreFromRollback();
    expect(w.deps.hosting.wanted.get(w.endpointName)).toBe('config-of-2');
    await w.arrive();
    expect(w.answer('restored')).toMatchObject({ output: { outcome: 'restored' } });
    await w.close({ outcome: 'failed', reasons: tested.reasons }, 'restored');
    const after = await w.deployment();
    expect(after).toMatchObject({ live: { version: 2 }, former: { version: 1 }, rollback: { status: 'failed' } });
    expect([after?.pending, after?.hold]).toEqual([undefined, undefined]);
    expect(w.deps.gitlab.all.at(-1)?.status).toBe('failed');
    expect(w.deps.notices.sent).toMatchObject([{ subject: expect.stringContaining('[rollback failed]') }]);
  });

  it('restores nothing that a run has pending', async () => {
    const w = await rollbackWorld();
    await w.request();
    const pending = { ...w.former, fence: 2 };
    await changeDeployment(w, { pending });
    await w.restoreFromRollback();
    expect(w.answer('restored')).toEqual({ output: { outcome: 'untouched', reasons: [] } });
  });
});

describe('a held environment', () => {
  it('stops a run before and after it was verified, with who, why and what to do', async () => {
    const w = await rolledBack();
    const next = { ...w.run, sequence: 3 };
    w.deps.runs.put(next);
    const verified = await w.verify();
    expect(verified.outcome).toBe('held');
    expect(verified.reasons[0]).toContain('Onno (@on-call) rolled version 2 back to version 1');
    expect(verified.reasons[0]).toContain('(“Too slow.”)');
    expect(verified.reasons[0]).toContain('mlops -- release --model flight-delays --environment dev');
    await w.rollOut('dev', 'late', 3);
    expect(w.answer('late')).toMatchObject({ output: { outcome: 'held', reasons: verified.reasons } });
    expect((await w.deployment())?.pending).toBeUndefined();
  });

  it('still supersedes a candidate that is older than the one that was rolled back', async () => {
    const w = await rolledBack();
    await expect(w.verify()).resolves.toMatchObject({ outcome: 'superseded' });
  });

  it('is released by a Maintainer or on-call, with a reason, once', async () => {
    const w = await rolledBack();
    const release = (user: (typeof people)['onCall']) =>
      releaseHold({ model: MODEL, environment: 'dev' }, user, 'Mended.', w.deps);
    await expect(release(people.developer)).resolves.toMatchObject({ outcome: 'not-allowed' });
    await expect(release(people.outsider)).resolves.toEqual({ outcome: 'unknown' });
    await expect(release(people.maintainer)).resolves.toMatchObject({ outcome: 'accepted' });
    await expect(release(people.maintainer)).resolves.toMatchObject({
      outcome: 'already',
      sentence: 'Nothing to do: flight-delays in dev is not held.',
    });
    const told = w.deps.timeline.events.filter(({ type }) => type === 'hold-released');
    expect(told.map(({ actor }) => actor)).toEqual(['Mia (@mia)', 'Mia (@mia)']);
    w.deps.runs.put({ ...w.run, sequence: 3 });
    expect((await w.verify()).outcome).not.toBe('held');
  });

  it('is not released while the rollback is under way', async () => {
    const w = await rollbackWorld();
    await w.request();
    const release = releaseHold({ model: MODEL, environment: 'dev' }, people.onCall, 'No.', w.deps);
    await expect(release).resolves.toMatchObject({ outcome: 'refused' });
  });
});

async function changeDeployment(w: RollbackWorld, changes: object): Promise<void> {
  const deployment = await w.deployment();
  if (deployment !== undefined) w.deps.deployments.put({ ...deployment, ...changes }, 2);
}
