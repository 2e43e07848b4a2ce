import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  type DeploymentConfig,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { newBucket, sagemaker, uniqueName } from '../integration/local-sagemaker/clients.ts';
import { invokeInALoop } from '../integration/local-sagemaker/invoke-in-a-loop.ts';
import {
  createConfig,
  createModel,
  endpointAtRest,
  inference,
  uploadModel,
} from '../integration/local-sagemaker/models.ts';

const UPDATES = 50;
const half = { Type: 'CAPACITY_PERCENT' as const, Value: 50 };
const routed = (more: object): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0, ...more },
  },
});
/** One after the other, as often as there are updates. */
const ways: (DeploymentConfig | undefined)[] = [
  undefined,
  routed({}),
  routed({ Type: 'CANARY', CanarySize: half }),
  routed({ Type: 'LINEAR', LinearStepSize: half }),
  { RollingUpdatePolicy: { MaximumBatchSize: half, WaitIntervalInSeconds: 0 } },
];

it(`${UPDATES} updates of an endpoint under four clients lose no call`, async () => {
  const endpoint = uniqueName('updated');
  const bucket = await newBucket();
  for (const factor of [2, 3]) {
    await createModel(`${endpoint}-${factor}`, await uploadModel(bucket, inference, factor));
    await createConfig(`${endpoint}-${factor}`, `${endpoint}-${factor}`, undefined, 2);
  }
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: endpoint, EndpointConfigName: `${endpoint}-2` }));
  await endpointAtRest(endpoint);
  const loop = invokeInALoop(endpoint, 4);
  let calls = 0;
  for (let count = 0; count < UPDATES; count += 1) {
    const EndpointConfigName = `${endpoint}-${count % 2 === 0 ? 3 : 2}`;
    const DeploymentConfig = ways[count % ways.length];
    await sagemaker.send(new UpdateEndpointCommand({ EndpointName: endpoint, EndpointConfigName, DeploymentConfig }));
    const ended = await endpointAtRest(endpoint);
    expect([ended.EndpointConfigName, ended.FailureReason]).toEqual([EndpointConfigName, undefined]);
    calls += loop.taken().length;
  }
  await loop.stop();
  expect(loop.failures).toEqual([]);
  expect(calls).toBeGreaterThan(UPDATES);
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
}, 900_000);
