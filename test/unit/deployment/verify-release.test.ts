import { describe, expect, it } from '@jest/globals';
import { sampleRelease, sampleReview } from '../../fakes/sample-records.ts';
import { type RolloutWorld, rolloutWorld } from './rollout-world.ts';

describe('verifying a release', () => {
  it('lets it go to the environment when all is as it was approved', async () => {
    const w = await rolloutWorld();
    await expect(w.verify()).resolves.toEqual({ outcome: 'verified', reasons: [] });
    expect(w.events()).toEqual(['rollout-started#dev#1']);
  });

  const tamperings: [string, (w: RolloutWorld) => unknown, string][] = [
    [
      'the artifact was changed',
      (w) => w.deps.objects.put(w.run.registered?.artifactUri ?? '', 'another'),
      'not those that were approved',
    ],
    ['the version was rejected', (w) => w.deps.registry.setApproval(w.modelPackageArn, 'Rejected', ''), 'Rejected'],
    [
      'the review was not approved',
      (w) => w.deps.reviews.put(sampleReview(w.run, { status: 'rejected' })),
      'no approval',
    ],
    [
      'the approval was for another packet',
      (w) =>
        w.deps.reviews.put(
          sampleReview(w.run, {
            status: 'approved',
            packet: { uri: 's3://b-k/x', versionId: 'v', sha256: 'd'.repeat(64) },
          }),
        ),
      'another review packet',
    ],
    [
      'the approval was for another artifact',
      (w) => w.deps.runs.put({ ...w.run, approval: { ...approvalOf(w), artifactSha256: 'd'.repeat(64) } }),
      'another artifact',
    ],
    [
      'the approval was under another policy',
      (w) => w.deps.runs.put({ ...w.run, policySha256: 'd'.repeat(64) }),
      'another policy',
    ],
    [
      'the policy document was changed',
      (w) => w.run.policy && w.deps.documents.tamper(w.run.policy, '{}'),
      'policy is missing or was changed',
    ],
    [
      'the platform serves with another image',
      (w) => w.deps.runs.put({ ...w.run, registered: { ...registeredOf(w), image: 'old-image' } }),
      'approved was old-image',
    ],
    [
      'the version in the registry was pointed at other bytes',
      (w) => Object.assign(w.deps.registry.versions[0] ?? {}, { artifactUri: 's3://elsewhere/model.tar.gz' }),
      'would serve s3://elsewhere/model.tar.gz',
    ],
    [
      'the version in the registry was given another image',
      (w) => Object.assign(w.deps.registry.versions[0] ?? {}, { image: 'their-image' }),
      'with their-image; approved was',
    ],
    ['there is no approval', (w) => w.deps.runs.put(withoutApproval(w)), 'no approval'],
  ];

  it.each(tamperings)('blocks it when %s', async (_what, tamper, sentence) => {
    const w = await rolloutWorld();
    await tamper(w);
    const verification = await w.verify();
    expect(verification.outcome).toBe('blocked');
    expect(verification.reasons.join(' ')).toContain(sentence);
    expect(w.events()).toEqual([]);
  });

  it('finds that an earlier attempt brought it live, and leaves one deployment in GitLab', async () => {
    const w = await liveIn('dev');
    const before = { gitlab: structuredClone(w.deps.gitlab.all), events: w.events() };
    await expect(w.verify()).resolves.toEqual({ outcome: 'live', reasons: [] });
    await expect(w.record()).resolves.toEqual({ outcome: 'live', reasons: [] });
    expect(w.deps.gitlab.all).toEqual(before.gitlab);
    expect(w.events()).toEqual(before.events);
  });

  it('rolls out again what it brought live when the endpoint stands elsewhere by now', async () => {
    const w = await liveIn('dev');
    w.deps.hosting.settle(w.endpointName('dev'), { configName: 'by-hand' });
    await expect(w.verify()).resolves.toMatchObject({ outcome: 'verified' });
  });

  it('still blocks what is live when its approval is gone', async () => {
    const w = await liveIn('dev');
    w.deps.runs.put(withoutApproval(w));
    await expect(w.verify()).resolves.toMatchObject({ outcome: 'blocked' });
  });

  it('gives way to a newer candidate that is live already', async () => {
    const w = await rolloutWorld();
    const live = sampleRelease({ runId: 'f'.repeat(20), sequence: 9, commit: w.run.commit });
    w.deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: 'e', live });
    await expect(w.verify()).resolves.toMatchObject({ outcome: 'superseded' });
  });
});

/** After a first attempt that went well in this environment. */
async function liveIn(environment: string): Promise<RolloutWorld> {
  const w = await rolloutWorld();
  await w.verify(environment);
  await w.rollOut(environment);
  await w.arrive(environment);
  await w.smokeTest(environment);
  await w.record(environment);
  return w;
}

function approvalOf({ run }: RolloutWorld) {
  if (run.approval === undefined) throw new Error('no approval');
  return run.approval;
}

function registeredOf({ run }: RolloutWorld) {
  if (run.registered === undefined) throw new Error('not registered');
  return run.registered;
}

function withoutApproval({ run }: RolloutWorld) {
  const { approval: _approval, ...rest } = run;
  return rest;
}
