import { describe, expect, it } from '@jest/globals';
import { prepareRelease } from '../../../shared/application/prepare-release.ts';
import { acceptedRun, DATA_URI, testStage } from '../../fakes/accepted-run.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeHosting } from '../../fakes/sagemaker.ts';
import { NOON } from '../../fakes/sample-records.ts';
import { samplePolicy } from '../domain/sample-policy.ts';

describe('what an endpoint captures', () => {
  async function configOf(capture: unknown) {
    const environments = [{ name: 'prod', instanceType: 'ml.m5.large', ...(capture !== undefined && { capture }) }];
    const policy = samplePolicy({ data: [{ name: 'flights', uri: DATA_URI }], environments });
    const { run, documents } = await acceptedRun({}, policy);
    const hosting = fakeHosting();
    const registered = {
      modelPackageArn: 'arn:package',
      version: 1,
      artifactUri: 's3://mlops-test/approved/a/model.tar.gz',
      artifactSha256: 'b'.repeat(64),
      image: 'image',
      goldenAnswers: { uri: 's3://mlops-test/golden.jsonl', versionId: 'v', sha256: 'a'.repeat(64) },
    };
    const deps = { documents, hosting, onboarding: fakeOnboarding(), stage: testStage, now: () => NOON };
    await prepareRelease({ ...run, registered }, 'prod', deps);
    const [config] = hosting.configs.values();
    return config;
  }

  it('is nothing unless the policy asks for it', async () => {
    expect(await configOf(undefined)).not.toHaveProperty('capture');
  });

  it('goes into a bucket of its own, under a key of its own, where it is kept for as long as the policy says', async () => {
    expect((await configOf({ percent: 20, retainDays: 7 }))?.capture).toEqual({
      percent: 20,
      destinationUri: 's3://mlops-test-capture/keep-7d/flight-delays/prod',
      kmsKeyArn: testStage.captureKeyArn,
    });
  });

  it('is another configuration when it is kept for another time', async () => {
    const [week, month] = await Promise.all([7, 30].map((retainDays) => configOf({ percent: 20, retainDays })));
    expect(week?.name).not.toBe(month?.name);
  });
});
