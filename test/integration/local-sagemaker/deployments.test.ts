import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  type DeploymentConfig,
  type DescribeEndpointCommandOutput,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { EndpointStateChange } from '../../../events/contracts/sagemaker-endpoint-state-change.ts';
import { listenToEvents, newBucket, runtime, sagemaker, uniqueName, until } from './clients.ts';
import { invokeInALoop } from './invoke-in-a-loop.ts';
import { createConfig, createModel, describeEndpoint, endpointAtRest, inference, uploadModel } from './models.ts';
import { toldAlarm } from './told-alarm.ts';

/** Four instances, so that a canary of one is a quarter. Models answer `[2.0]` and `[3.0]`. */
const INSTANCES = 4;
const endpoint = uniqueName('guarded');
const [two, three] = [`${endpoint}-2`, `${endpoint}-3`];
const alarm = uniqueName('guarded');
const watched = { AutoRollbackConfiguration: { Alarms: [{ AlarmName: alarm }] } };

/** A canary that is left alone only when the test's own steps end it. */
const canary = (waitSeconds: number): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: {
      Type: 'CANARY',
      CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
      WaitIntervalInSeconds: waitSeconds,
    },
  },
});

let bell: Awaited<ReturnType<typeof toldAlarm>>;

beforeAll(async () => {
  const bucket = await newBucket();
  for (const [name, factor] of [[two, 2] as const, [three, 3] as const]) {
    await createModel(name, await uploadModel(bucket, inference, factor));
    await createConfig(name, name, undefined, INSTANCES);
  }
  bell = await toldAlarm(alarm);
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: endpoint, EndpointConfigName: two }));
  await endpointAtRest(endpoint);
}, 60_000);

afterAll(async () => {
  await bell.delete();
  await endpointAtRest(endpoint);
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
});

async function update(EndpointConfigName: string, DeploymentConfig?: DeploymentConfig, more = {}): Promise<void> {
  await sagemaker.send(
    new UpdateEndpointCommand({ EndpointName: endpoint, EndpointConfigName, DeploymentConfig, ...more }),
  );
}

const stageOf = (described: DescribeEndpointCommandOutput) =>
  described.PendingDeploymentSummary?.ProductionVariants?.[0]?.VariantStatus?.[0];

const baking = () =>
  until(
    () => describeEndpoint(endpoint),
    (described) => stageOf(described)?.Status === 'Baking',
  );

describe('an update of an endpoint', () => {
  it('loses no call, however it is deployed', async () => {
    // The old worker is still at this one when the new fleet takes over.
    const slow = runtime.send(
      new InvokeEndpointCommand({ EndpointName: endpoint, Body: 'slow', ContentType: 'text/csv' }),
    );
    await update(three);
    expect((await endpointAtRest(endpoint)).EndpointConfigName).toBe(three);
    expect(Buffer.from((await slow).Body).toString()).toBe('[2.0]');
    const loop = invokeInALoop(endpoint, 2);
    await update(two, canary(1));
    expect((await endpointAtRest(endpoint)).EndpointConfigName).toBe(two);
    await update(three);
    expect((await endpointAtRest(endpoint)).EndpointConfigName).toBe(three);
    await update(two, {
      RollingUpdatePolicy: { MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 2 }, WaitIntervalInSeconds: 1 },
    });
    expect((await endpointAtRest(endpoint)).EndpointConfigName).toBe(two);
    await loop.stop();
    expect(loop.failures).toEqual([]);
    expect(new Set(loop.taken())).toEqual(new Set(['[2.0]', '[3.0]']));
    await update(three);
    await endpointAtRest(endpoint);
  }, 60_000);

  it('gives its canary the canary’s share, and rolls back when an alarm goes off', async () => {
    const { heard } = await listenToEvents();
    await bell.set('OK');
    await update(two, { ...canary(3_000), ...watched });
    const described = await baking();
    expect(described).toMatchObject({
      EndpointStatus: 'Updating',
      EndpointConfigName: three,
      ProductionVariants: [{ CurrentInstanceCount: 4 }],
      PendingDeploymentSummary: {
        EndpointConfigName: two,
        ProductionVariants: [{ CurrentInstanceCount: 1, DesiredInstanceCount: 4, InstanceType: 'ml.t2.medium' }],
      },
      LastDeploymentConfig: { AutoRollbackConfiguration: { Alarms: [{ AlarmName: alarm }] } },
    });
    expect(stageOf(described)?.StatusMessage).toBe(
      'Baking for 3000 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity of 1 instance(s).',
    );

    const loop = invokeInALoop(endpoint, 2);
    const answers: string[] = [];
    await until(
      async () => answers.push(...loop.taken()),
      (count) => count >= 200,
    );
    // 5 standard deviations of a quarter of 200 calls.
    const share = answers.filter((answer) => answer === '[2.0]').length / answers.length;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.4);

    await bell.set('ALARM');
    const ended = await endpointAtRest(endpoint);
    loop.taken();
    await until(
      async () => loop.taken(),
      (since) => since.length > 0 && since.every((answer) => answer === '[3.0]'),
    );
    await loop.stop();
    expect(loop.failures).toEqual([]);
    expect(ended).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: three });
    expect(ended.FailureReason).toContain(alarm);
    expect(ended.PendingDeploymentSummary).toBeUndefined();

    const told = await until(
      async () => (await heard()).filter((event) => event.detail.EndpointName === endpoint),
      (events) => events.some(({ detail }) => detail.FailureReason !== undefined),
    );
    const changes = told.filter((event) => event['detail-type'] === 'SageMaker Endpoint State Change');
    expect(changes.map(({ detail }) => detail.EndpointStatus)).toEqual(['UPDATING', 'IN_SERVICE']);
    // What the product makes of the event of a rollback: InService, but on the former config.
    expect(EndpointStateChange.parse(changes.at(-1)?.detail)).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: three,
    });
    const stages = told.filter((event) => event['detail-type'] === 'SageMaker Endpoint Deployment State Change');
    expect(JSON.stringify(stages)).toMatch(/ActivatingTraffic.*Baking.*Deleting/);
  }, 60_000);

  it('goes back when its alarm does not exist, and the next good update clears the reason', async () => {
    await update(two, { AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'nobodys-alarm' }] } });
    expect(await endpointAtRest(endpoint)).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: three,
      FailureReason: expect.stringContaining('nobodys-alarm'),
    });
    await bell.set('OK');
    await update(two, { ...canary(0), ...watched });
    const ended = await endpointAtRest(endpoint);
    expect(ended).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: two });
    expect(ended.FailureReason).toBeUndefined();
  }, 60_000);

  it('reuses the last deployment config when asked to', async () => {
    await bell.set('ALARM');
    await update(three, undefined, { RetainDeploymentConfig: true });
    expect((await endpointAtRest(endpoint)).FailureReason).toContain(alarm);
    await expect(update(two)).rejects.toMatchObject({
      name: 'ValidationException',
      message: `Cannot update endpoint with the currently in use endpoint configuration "${two}".`,
    });
  }, 60_000);
});
