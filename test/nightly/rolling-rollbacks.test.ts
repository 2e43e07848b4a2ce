import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  type DeploymentConfig,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { newBucket, putObject, runtime, sagemaker, uniqueName, until } from '../integration/local-sagemaker/clients.ts';
import { invokeInALoop } from '../integration/local-sagemaker/invoke-in-a-loop.ts';
import {
  createConfig,
  createModel,
  describeEndpoint,
  endpointAtRest,
  inference,
  uploadModel,
} from '../integration/local-sagemaker/models.ts';
import { toldAlarm } from '../integration/local-sagemaker/told-alarm.ts';

const endpoint = uniqueName('rolling');
const [two, three] = [`${endpoint}-2`, `${endpoint}-3`];
const one = { Type: 'INSTANCE_COUNT' as const, Value: 1 };
const rolling: DeploymentConfig = {
  RollingUpdatePolicy: { MaximumBatchSize: one, WaitIntervalInSeconds: 2, RollbackMaximumBatchSize: one },
  AutoRollbackConfiguration: { Alarms: [{ AlarmName: endpoint }] },
};
let alarm: Awaited<ReturnType<typeof toldAlarm>>;
let dataOfTwo: string;

beforeAll(async () => {
  const bucket = await newBucket();
  alarm = await toldAlarm(endpoint);
  dataOfTwo = await uploadModel(bucket, inference, 2);
  await createModel(two, dataOfTwo);
  await createModel(three, await uploadModel(bucket, inference, 3));
  for (const name of [two, three]) await createConfig(name, name, undefined, 4);
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: endpoint, EndpointConfigName: two }));
  await endpointAtRest(endpoint);
}, 60_000);

afterAll(async () => {
  await alarm.delete();
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
});

async function update(EndpointConfigName: string, DeploymentConfig?: DeploymentConfig): Promise<void> {
  await sagemaker.send(new UpdateEndpointCommand({ EndpointName: endpoint, EndpointConfigName, DeploymentConfig }));
}

/** Instances with the new config, and those with the old one. */
async function instances() {
  const { PendingDeploymentSummary: summary, ProductionVariants: live } = await describeEndpoint(endpoint);
  return [summary?.ProductionVariants?.[0]?.CurrentInstanceCount, live?.[0]?.CurrentInstanceCount];
}

describe('a rolling deployment', () => {
  it('replaces one batch after the other, goes back batch by batch on an alarm, and loses no call', async () => {
    await alarm.set('OK');
    const loop = invokeInALoop(endpoint, 2);
    await update(three, rolling);
    await until(instances, ([fresh, old]) => fresh === 2 && old === 3);
    await alarm.set('ALARM');
    await until(instances, ([fresh]) => fresh === 1);
    const ended = await endpointAtRest(endpoint);
    await loop.stop();
    expect(ended).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: two,
      FailureReason: expect.stringContaining(endpoint),
      ProductionVariants: [{ CurrentInstanceCount: 4 }],
    });
    expect(loop.failures).toEqual([]);
  }, 60_000);

  it('that can’t go back either leaves both configs in service, until the next update', async () => {
    await alarm.set('OK');
    await update(three, rolling);
    await until(instances, ([fresh]) => fresh === 1);
    await putObject(...locationOf(dataOfTwo), 'no archive');
    await until(
      () => invoke('die').catch((error: Error) => error.message),
      (message) => message?.includes('not running') === true,
    );
    await alarm.set('ALARM');
    const stuck = await endpointAtRest(endpoint);
    expect(stuck.EndpointStatus).toBe('UpdateRollbackFailed');
    expect(stuck.FailureReason).toMatch(/ALARM.*The rollback failed too/);
    await update(three);
    const cured = await endpointAtRest(endpoint);
    expect(cured).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: three });
    expect(cured.FailureReason).toBeUndefined();
    expect(await invoke('1')).toBe('[3.0]');
  }, 120_000);
});

async function invoke(body: string): Promise<string | undefined> {
  const command = new InvokeEndpointCommand({ EndpointName: endpoint, Body: body, ContentType: 'text/csv' });
  return Buffer.from((await runtime.send(command)).Body).toString();
}

function locationOf(uri: string): [bucket: string, key: string] {
  const [bucket = '', ...key] = uri.slice('s3://'.length).split('/');
  return [bucket, key.join('/')];
}
