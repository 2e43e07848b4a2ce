import {
  CreateEndpointCommand,
  CreateModelPackageGroupCommand,
  DeleteEndpointCommand,
  DescribeModelPackageGroupCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { worldVariable } from '../../harness/world.ts';
import { newBucket, runtime, sagemaker, uniqueName, until } from './clients.ts';
import { processingEnd, startProcessing, startTraining, trainingEnd } from './jobs.ts';
import { createConfig, createModel, endpointAtRest, inference, uploadModel } from './models.ts';

const faultsUrl = () => `${worldVariable('AWS_ENDPOINT_URL_SAGEMAKER')}/_local/faults`;

async function ask(method: string, body?: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  return (await fetch(faultsUrl(), init)).json();
}

let bucket: string;

beforeAll(async () => {
  bucket = await newBucket();
});
afterEach(() => ask('DELETE'));

describe('a fault that is asked for', () => {
  const createGroup = (ModelPackageGroupName: string) =>
    sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName }));

  it('throttles a client', async () => {
    await ask('POST', { kind: 'throttle', operation: 'CreateModelPackageGroup', times: 1 });
    const name = uniqueName('throttled');
    await expect(createGroup(name)).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
    await expect(createGroup(name)).resolves.toBeDefined();
  });

  it.each(['error', 'cut'])('fails a request that has had its effect: %s', async (how) => {
    await ask('POST', { kind: 'fail-after-effect', operation: 'CreateModelPackageGroup', how });
    const name = uniqueName('half');
    const failure = await createGroup(name).catch((error: unknown) => error);
    expect(failure).toMatchObject(
      how === 'cut' ? { message: expect.stringContaining('socket hang up') } : { name: 'InternalFailure' },
    );
    const described = await sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: name }));
    expect(described.ModelPackageGroupName).toBe(name);
  });

  it('leaves jobs without an instance', async () => {
    await ask('POST', { kind: 'capacity', for: 'training', instanceType: 'ml.m5.large', times: 1 });
    await ask('POST', { kind: 'capacity', for: 'processing', times: 1 });
    const name = uniqueName('capacity');
    await startTraining(bucket, name, 'pass');
    await startProcessing(bucket, name, 'pass');
    const words =
      'CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.';
    const job = await trainingEnd(name);
    expect(job).toMatchObject({ TrainingJobStatus: 'Failed', FailureReason: words });
    expect(job.TrainingStartTime).toBeUndefined();
    expect((await processingEnd(name)).FailureReason).toBe(words);
  });

  it('makes an endpoint fail to start, its variant answer with an error, and its worker die', async () => {
    const [refused, name] = [uniqueName('endpoint'), uniqueName('endpoint')];
    await createModel(name, await uploadModel(bucket, inference));
    await createConfig(name, name);
    await ask('POST', { kind: 'capacity', for: 'endpoint', times: 1 });
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: refused, EndpointConfigName: name }));
    expect((await endpointAtRest(refused)).FailureReason).toContain('InsufficientInstanceCapacity');
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    await endpointAtRest(name);

    const invoke = () =>
      runtime.send(new InvokeEndpointCommand({ EndpointName: name, Body: '1,2', ContentType: 'text/csv' }));
    await ask('POST', { kind: 'variant', endpoint: name, status: 503, delayMs: 50, times: 1 });
    await expect(invoke()).rejects.toMatchObject({ name: 'ModelError', OriginalStatusCode: 503 });
    await expect(invoke()).resolves.toBeDefined();

    expect(await ask('POST', { kind: 'kill-worker', endpoint: name })).toMatchObject({ killed: 1 });
    const answered = () =>
      invoke().then(
        () => true,
        () => false,
      );
    await until(answered, (answer) => answer);
    for (const EndpointName of [refused, name]) await sagemaker.send(new DeleteEndpointCommand({ EndpointName }));
  });
});
