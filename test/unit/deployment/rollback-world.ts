import { step as acquireRollbackLease } from '../../../functions/deployment/acquire-rollback-lease.ts';
import { step as closeRollback } from '../../../functions/deployment/close-rollback.ts';
import { step as recordRollback } from '../../../functions/deployment/record-rollback.ts';
import { step as restoreEndpoint } from '../../../functions/deployment/restore-endpoint.ts';
import { step as rollBackEndpoint } from '../../../functions/deployment/roll-back-endpoint.ts';
import { step as smokeTestEndpoint } from '../../../functions/deployment/smoke-test-endpoint.ts';
import { step as verifyRollback } from '../../../functions/deployment/verify-rollback.ts';
import { requestRollback } from '../../../shared/application/request-rollback.ts';
import type { Deployment, Release } from '../../../shared/domain/deployment.ts';
import type { RollbackEnd } from '../../../shared/domain/run-end.ts';
import { DEVELOPER, MAINTAINER } from '../../../shared/ports/gitlab.ts';
import { fakeMemberships } from '../../fakes/gitlab.ts';
import { fakeNotices } from '../../fakes/notices.ts';
import { fakeRollbackExecutions } from '../../fakes/rollback-executions.ts';
import { sampleRelease, sampleRun } from '../../fakes/sample-records.ts';
import { rolloutWorld } from './rollout-world.ts';

export const people = {
  maintainer: { id: 7, username: 'mia', name: 'Mia' },
  onCall: { id: 6, username: 'on-call', name: 'Onno' },
  developer: { id: 8, username: 'dev', name: 'Dev' },
  outsider: { id: 9, username: 'outsider', name: 'Outsider' },
};

export const MODEL = 'flight-delays';
const place = { model: MODEL, environment: 'dev' };

/** Version 1 was rolled out to dev with all steps; version 2 replaced it. And the steps of endpoint-rollback. */
export async function rollbackWorld() {
  const w = await rolloutWorld();
  await w.verify();
  await w.rollOut();
  await w.arrive();
  await w.smokeTest();
  await w.record();
  const former = releaseOf(await w.deployment());
  const badRun = w.deps.runs.put(sampleRun({ pipelineId: 102, sequence: 2, status: 'live', commit: 'b'.repeat(40) }));
  const bad = sampleRelease(badRun, { endpointConfigName: 'config-of-2' });
  const endpointName = w.endpointName('dev');
  w.deps.deployments.put({ ...place, endpointName, live: bad, former }, 1);
  w.deps.hosting.settle(endpointName, { configName: bad.endpointConfigName });

  const deps = {
    ...w.deps,
    rollbacks: w.deps.deployments.rollbacks,
    rollbackExecutions: fakeRollbackExecutions(),
    notices: fakeNotices(),
    memberships: fakeMemberships({
      groups: { 'ml-on-call': { [people.onCall.id]: DEVELOPER } },
      projects: { 17: { [people.maintainer.id]: MAINTAINER, [people.developer.id]: DEVELOPER } },
    }),
    publicUrl: 'https://mlops.example.com',
  };
  const which = async (fence: number) => {
    const rollback = (await w.deployment())?.rollback;
    return { ...place, rollbackId: rollback?.rollbackId ?? '', attempt: rollback?.attempt ?? 0, fence };
  };
  const ofRun = async () => ({ ...(await which(2)), runId: former.runId });
  const restoring = async (taskToken: string) => ({ ...(await ofRun()), taskToken });
  return {
    ...w,
    deps,
    former,
    bad,
    endpointName,
    request: (user = people.onCall, reason = 'Too slow.') => requestRollback(place, user, reason, deps),
    acquireRollback: async (taskToken = 'rollback-lease') =>
      acquireRollbackLease.run({ ...(await which(0)), taskToken }, deps),
    verifyRollback: async () => verifyRollback.run(await which(2), deps),
    rollBack: async (taskToken = 'way-back', fence = 2) =>
      rollBackEndpoint.run({ ...(await which(fence)), taskToken }, deps),
    smokeTestRollback: async () => smokeTestEndpoint.run(await ofRun(), deps),
    recordRollback: async () => recordRollback.run(await which(2), deps),
    restoreFromRollback: async (taskToken = 'restored') => restoreEndpoint.run(await restoring(taskToken), deps),
    close: async (end: RollbackEnd, restoration: 'untouched' | 'restored' | 'failed' = 'untouched') =>
      closeRollback.run({ ...(await which(2)), restoration, end }, deps),
  };
}

export type RollbackWorld = Awaited<ReturnType<typeof rollbackWorld>>;

function releaseOf(deployment: Deployment | undefined): Release {
  if (deployment?.live === undefined) throw new Error('nothing is live');
  return deployment.live;
}
