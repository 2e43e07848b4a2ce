import { beforeEach, expect, it } from '@jest/globals';
import type { ModelRegistry } from '../../../shared/ports/sagemaker.ts';
import { anyId } from './any-names.ts';

/** What every `ModelRegistry` does. */
export function modelRegistryContract(make: () => Promise<ModelRegistry>) {
  let registry: ModelRegistry;
  let group: string;

  beforeEach(async () => {
    registry = await make();
    group = `mlops-test-${anyId()}`;
    await registry.ensureGroup(group, 'A test', { stage: 'test' });
  });

  const register = (runId: string) => registry.register(versionOf(group, runId));

  it('leaves a group alone that exists', async () => {
    await expect(registry.ensureGroup(group, 'A test', {})).resolves.toBeUndefined();
  });

  it('registers versions that wait for approval, counted from 1, with their properties', async () => {
    const first = await register('run-1');
    expect(first).toMatchObject({ version: 1, approvalStatus: 'PendingManualApproval' });
    expect(first.properties).toMatchObject({ 'mlops:run': 'run-1', 'mlops:commit': 'c0ffee' });
    expect(await register('run-2')).toMatchObject({ version: 2 });
    expect(await registry.describe(first.modelPackageArn)).toEqual(first);
  });

  it('says which artifact and image an endpoint of the version would serve', async () => {
    const { modelPackageArn } = await register('run-1');
    const { artifactUri, image } = versionOf(group, 'run-1');
    expect(await registry.describe(modelPackageArn)).toMatchObject({ artifactUri, image });
  });

  it("finds a run's version instead of doubling it", async () => {
    const first = await register('run-1');
    await register('run-2');
    expect(await register('run-1')).toEqual(first);
  });

  it('marks a version with who decided', async () => {
    const { modelPackageArn } = await register('run-1');
    await registry.setApproval(modelPackageArn, 'Approved', 'Approved by Stella');
    expect(await registry.describe(modelPackageArn)).toMatchObject({ approvalStatus: 'Approved' });
    await registry.setApproval(modelPackageArn, 'Rejected', 'Withdrawn');
    expect(await registry.describe(modelPackageArn)).toMatchObject({ approvalStatus: 'Rejected' });
  });
}

export function versionOf(
  group: string,
  runId: string,
  artifactUri = 's3://mlops-test/approved/x/model.tar.gz',
): Parameters<ModelRegistry['register']>[0] {
  return {
    group,
    runId,
    acceptedAt: new Date().toISOString(),
    clientToken: `run-${anyId()}`,
    description: 'A test',
    image: '000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3',
    artifactUri,
    environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' },
    contentTypes: ['text/csv'],
    responseTypes: ['application/json'],
    instanceTypes: ['ml.t2.medium'],
    reportUri: 's3://mlops-test/runs/x/evaluation.json',
    reportSha256: 'a'.repeat(64),
    commit: 'c0ffee',
    repository: 'ml/flight-delays',
    projectId: '17',
    properties: { 'mlops:commit': 'c0ffee' },
    modelCard: JSON.stringify({ model_overview: { model_creator: 'Dana' } }),
  };
}
