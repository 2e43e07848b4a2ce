import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { EndpointState, Hosting } from '../../../shared/ports/sagemaker.ts';
import { anyId } from './any-names.ts';

type Contract = {
  hosting: Hosting;
  /** An approved version that sums a CSV row, and answers a row that holds no number with an error. */
  modelPackageArn: string;
  /** An approved version that can't be loaded. */
  brokenPackageArn: string;
  /** Resolves when SageMaker has done what it was asked for. */
  settled: (endpointName: string) => Promise<EndpointState | undefined>;
};

/** What every `Hosting` does. */
export function hostingContract(make: () => Promise<Contract>) {
  let contract: Contract;
  let name: string;

  beforeEach(async () => {
    contract = await make();
    name = `mlops-test-${anyId()}`;
  });

  afterEach(async () => {
    await contract.hosting.deleteEndpoint(name);
  });

  async function prepare(config: string, instanceCount = 1, modelPackageArn = contract.modelPackageArn): Promise<void> {
    const tags = { stage: 'test' };
    const network = { subnetIds: [], securityGroupIds: [], isolation: false };
    const roleArn = 'arn:aws:iam::000000000000:role/mlops-test-serving';
    const modelName = `${name}-${modelPackageArn === contract.modelPackageArn ? 'model' : 'broken'}`;
    await contract.hosting.ensureModel({ name: modelName, modelPackageArn, roleArn, network, tags });
    const kind = { modelName, variantName: 'main', instanceType: 'ml.t2.medium', instanceCount };
    await contract.hosting.ensureConfig({ name: config, ...kind, tags });
  }

  it('knows of no endpoint that was never made, and deletes none without complaint', async () => {
    expect(await contract.hosting.describeEndpoint(name)).toBeUndefined();
    await expect(contract.hosting.deleteEndpoint(name)).resolves.toBeUndefined();
  });

  it('leaves models and configurations alone that exist', async () => {
    await prepare(`${name}-one`);
    await expect(prepare(`${name}-one`)).resolves.toBeUndefined();
  });

  it('tells which model a configuration serves, and of none that is not there', async () => {
    await prepare(`${name}-one`);
    expect(await contract.hosting.describeConfig(`${name}-one`)).toEqual({ modelNames: [`${name}-model`] });
    expect(await contract.hosting.describeConfig(`${name}-two`)).toBeUndefined();
  });

  it('creates an endpoint that is seen on its way, and then answers', async () => {
    await prepare(`${name}-one`);
    await contract.hosting.createEndpoint(name, `${name}-one`, { stage: 'test' });
    expect((await contract.hosting.describeEndpoint(name))?.status).toBe('Creating');
    expect(await contract.settled(name)).toMatchObject({ status: 'InService', configName: `${name}-one` });
    const answer = await contract.hosting.invoke(name, '1,2', 'text/csv');
    expect(answer).toMatchObject({ outcome: 'answered', body: '[3.0]' });
    expect(answer.latencyMs).toBeGreaterThan(0);
    expect(await contract.hosting.invoke(name, 'no number', 'text/csv')).toMatchObject({ outcome: 'model-error' });
  });

  it('moves an endpoint to another configuration and keeps its instance counts', async () => {
    await prepare(`${name}-one`, 2);
    await prepare(`${name}-two`, 1);
    await contract.hosting.createEndpoint(name, `${name}-one`, {});
    await contract.settled(name);
    await contract.hosting.updateEndpoint(name, `${name}-two`);
    expect((await contract.hosting.describeEndpoint(name))?.status).toBe('Updating');
    const state = await contract.settled(name);
    expect(state).toMatchObject({ status: 'InService', configName: `${name}-two` });
    expect(state?.variants).toMatchObject([{ name: 'main', desiredInstanceCount: 2 }]);
  });

  it('tells of an update that SageMaker took back, and why, until the next one succeeds', async () => {
    await prepare(`${name}-one`);
    await prepare(`${name}-two`);
    await prepare(`${name}-broken`, 1, contract.brokenPackageArn);
    await contract.hosting.createEndpoint(name, `${name}-one`, {});
    await contract.settled(name);
    await contract.hosting.updateEndpoint(name, `${name}-broken`);
    const onItsWay = await contract.hosting.describeEndpoint(name);
    expect(onItsWay).toMatchObject({ status: 'Updating', configName: `${name}-one` });
    expect(await contract.settled(name)).toMatchObject({
      status: 'InService',
      configName: `${name}-one`,
      failureReason: expect.stringContaining('did not pass the ping health check'),
    });
    await contract.hosting.updateEndpoint(name, `${name}-two`);
    const state = await contract.settled(name);
    expect(state).toMatchObject({ status: 'InService', configName: `${name}-two` });
    expect(state?.failureReason).toBeUndefined();
  });

  it('takes an endpoint away', async () => {
    await prepare(`${name}-one`);
    await contract.hosting.createEndpoint(name, `${name}-one`, {});
    await contract.settled(name);
    await contract.hosting.deleteEndpoint(name);
    expect(await contract.settled(name)).toBeUndefined();
  });
}
