import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateEndpointCommand, DeleteEndpointCommand, UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import { newBucket, sagemaker, uniqueName, until } from '../integration/local-sagemaker/clients.ts';
import { invokeInALoop } from '../integration/local-sagemaker/invoke-in-a-loop.ts';
import {
  createConfig,
  createModel,
  describeEndpoint,
  endpointAtRest,
  inference,
  uploadModel,
} from '../integration/local-sagemaker/models.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortal-'));
/** Its worker dies once for the file `once`, and for good for the file `gone`. */
const mortal = `${inference}
import threading
def watch():
    while True:
        if os.path.exists(${JSON.stringify(join(folder, 'once'))}):
            os.remove(${JSON.stringify(join(folder, 'once'))})
            os._exit(9)
        if os.path.exists(${JSON.stringify(join(folder, 'gone'))}):
            os._exit(9)
        time.sleep(0.05)
threading.Thread(target=watch, daemon=True).start()
`;
const endpoint = uniqueName('mortal');
const [steady, other] = [`${endpoint}-steady`, `${endpoint}-other`];

beforeAll(async () => {
  const bucket = await newBucket();
  await createModel(steady, await uploadModel(bucket, inference, 2));
  await createModel(other, await uploadModel(bucket, mortal, 3));
  await createConfig(steady, steady);
  await createConfig(other, other);
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: endpoint, EndpointConfigName: steady }));
  await endpointAtRest(endpoint);
}, 60_000);

afterAll(async () => {
  await endpointAtRest(endpoint);
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
  rmSync(folder, { recursive: true });
});

/** Begins an update to a fleet with the given config, and returns while it bakes. */
async function updateToBaking(EndpointConfigName: string): Promise<void> {
  const CanarySize = { Type: 'CAPACITY_PERCENT' as const, Value: 10 };
  const TrafficRoutingConfiguration = { Type: 'CANARY' as const, CanarySize, WaitIntervalInSeconds: 5 };
  await sagemaker.send(
    new UpdateEndpointCommand({
      EndpointName: endpoint,
      EndpointConfigName,
      DeploymentConfig: { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration } },
    }),
  );
  await until(
    () => describeEndpoint(endpoint),
    ({ PendingDeploymentSummary: summary }) =>
      summary?.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status === 'Baking',
  );
}

describe('a new worker that dies while it bakes', () => {
  it('for good rolls its deployment back with a reason that names its variant, and the old fleet serves on', async () => {
    await updateToBaking(other);
    writeFileSync(join(folder, 'gone'), '');
    const ended = await endpointAtRest(endpoint);
    rmSync(join(folder, 'gone'));
    expect(ended).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: steady,
      FailureReason:
        'The primary container for production variant AllTraffic did not pass the ping health check. Please check CloudWatch logs for this endpoint.',
    });
    const loop = invokeInALoop(endpoint, 1);
    await until(
      async () => loop.taken(),
      (answers) => answers.length > 0 && answers.every((answer) => answer === '[2.0]'),
    );
    await loop.stop();
    expect(loop.failures).toEqual([]);
  }, 90_000);

  it('and comes back does not stop its deployment', async () => {
    await updateToBaking(other);
    writeFileSync(join(folder, 'once'), '');
    const ended = await endpointAtRest(endpoint);
    expect(ended).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: other });
    expect(ended.FailureReason).toBeUndefined();
  }, 90_000);
});
