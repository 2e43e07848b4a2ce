import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import {
  cloudwatch,
  keysBelow,
  listenToEvents,
  newBucket,
  readObject,
  runtime,
  sagemaker,
  uniqueName,
  until,
} from './clients.ts';
import {
  createConfig,
  createModel,
  describeEndpoint,
  endpointAtRest,
  gatedInference,
  inference,
  uploadModel,
} from './models.ts';

let bucket: string;
const created: string[] = [];

beforeAll(async () => {
  bucket = await newBucket();
});

afterAll(async () => {
  for (const name of created)
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: name })).catch(() => undefined);
});

async function createEndpoint(name: string, configName: string): Promise<void> {
  created.push(name);
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: configName }));
}

async function invoke(endpointName: string, body: string, more: { InferenceId?: string; ContentType?: string } = {}) {
  const command = new InvokeEndpointCommand({
    EndpointName: endpointName,
    Body: body,
    ContentType: 'text/csv',
    ...more,
  });
  const answer = await runtime.send(command);
  return {
    body: Buffer.from(answer.Body).toString('utf8'),
    variant: answer.InvokedProductionVariant,
    contentType: answer.ContentType,
  };
}

/** `ModelLatency p50` and so on over the last hour. */
async function readMetrics(endpoint: string, metrics: string[], statistics: string[]): Promise<Record<string, number>> {
  const asked = metrics.flatMap((MetricName) => statistics.map((Stat) => ({ MetricName, Stat })));
  const Dimensions = [
    { Name: 'EndpointName', Value: endpoint },
    { Name: 'VariantName', Value: 'AllTraffic' },
  ];
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(Date.now() - 1_800_000),
      EndTime: new Date(Date.now() + 1_800_000),
      MetricDataQueries: asked.map(({ MetricName, Stat }, index) => ({
        Id: `m${index}`,
        MetricStat: { Metric: { Namespace: 'AWS/SageMaker', MetricName, Dimensions }, Period: 3600, Stat },
      })),
    }),
  );
  return Object.fromEntries(
    asked.map(({ MetricName, Stat }, index) => [`${MetricName} ${Stat}`, MetricDataResults[index]?.Values?.[0] ?? 0]),
  );
}

/** A model and a config, both of the given name. */
async function prepare(name: string, script = inference, factor = 2): Promise<void> {
  await createModel(name, await uploadModel(bucket, script, factor));
  await createConfig(name, name);
}

describe('an endpoint', () => {
  let gate: ReturnType<typeof gatedInference>;
  beforeEach(() => {
    gate = gatedInference();
  });
  afterEach(() => gate.remove());

  it('is seen Creating, then serves its model, and tells of both', async () => {
    const name = uniqueName('Endpoint');
    const { heard } = await listenToEvents();
    await prepare(name, gate.script);
    await createEndpoint(name, name);
    expect((await describeEndpoint(name)).EndpointStatus).toBe('Creating');
    await expect(invoke(name, '1,2')).rejects.toMatchObject({ name: 'ValidationError' });
    gate.open();
    expect(await endpointAtRest(name)).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: name });
    expect(await invoke(name, '1,2\n3,4')).toEqual({
      body: '[6.0, 14.0]',
      variant: 'AllTraffic',
      contentType: 'application/json',
    });
    const told = await until(
      async () => (await heard()).filter((event) => event.detail.EndpointName === name),
      (events) => events.length >= 2,
    );
    expect(told.map((event) => event.detail.EndpointStatus)).toEqual(['CREATING', 'IN_SERVICE']);
  });

  it('switches to the new config when an update comes up, and keeps its instance counts', async () => {
    const [first, second] = [uniqueName('endpoint'), uniqueName('endpoint')];
    await prepare(first, inference, 2);
    await prepare(second, gate.script, 10);
    await createEndpoint(first, first);
    await endpointAtRest(first);
    const DesiredWeightsAndCapacities = [{ VariantName: 'AllTraffic', DesiredInstanceCount: 3 }];
    await sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: first, DesiredWeightsAndCapacities }),
    );
    expect((await describeEndpoint(first)).EndpointStatus).toBe('Updating');
    await endpointAtRest(first);
    await sagemaker.send(
      new UpdateEndpointCommand({ EndpointName: first, EndpointConfigName: second, RetainAllVariantProperties: true }),
    );
    expect(await describeEndpoint(first)).toMatchObject({
      EndpointStatus: 'Updating',
      EndpointConfigName: first,
      PendingDeploymentSummary: { EndpointConfigName: second },
    });
    expect((await invoke(first, '1')).body).toBe('[2.0]');
    await expect(
      sagemaker.send(new UpdateEndpointCommand({ EndpointName: first, EndpointConfigName: second })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Cannot update in-progress endpoint'),
    });
    gate.open();
    expect(await endpointAtRest(first)).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: second,
      ProductionVariants: [{ CurrentInstanceCount: 3, DesiredInstanceCount: 3 }],
    });
    expect((await invoke(first, '1')).body).toBe('[10.0]');
  });

  it('goes back to InService on its old config, with the reason, when an update does not come up', async () => {
    const [good, bad] = [uniqueName('endpoint'), uniqueName('endpoint')];
    await prepare(good);
    await prepare(bad, "def model_fn(model_dir):\n    raise ValueError('no model in here')\n");
    await createEndpoint(good, good);
    await endpointAtRest(good);
    await sagemaker.send(new UpdateEndpointCommand({ EndpointName: good, EndpointConfigName: bad }));
    const endpoint = await endpointAtRest(good);
    expect(endpoint).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: good });
    expect(endpoint.FailureReason).toContain('production variant AllTraffic did not pass the ping health check');
    expect((await invoke(good, '1')).body).toBe('[2.0]');
  });

  it('is Failed when its first deployment does not come up, and can then only be deleted', async () => {
    const name = uniqueName('endpoint');
    await createModel(name, `s3://${bucket}/nothing/model.tar.gz`);
    await createConfig(name, name);
    await createEndpoint(name, name);
    const endpoint = await endpointAtRest(name);
    expect(endpoint.EndpointStatus).toBe('Failed');
    expect(endpoint.FailureReason).toContain('Could not access model data');
    await expect(
      sagemaker.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: name })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: name }));
  });

  it('answers ModelError with the container’s status when the script fails, and for a dead worker until it is back', async () => {
    const name = uniqueName('endpoint');
    await prepare(name);
    await createEndpoint(name, name);
    await endpointAtRest(name);
    await expect(invoke(name, '1', { ContentType: 'application/xml' })).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 500,
      OriginalMessage: 'ValueError: send text/csv',
      $metadata: { httpStatusCode: 424 },
    });
    await expect(invoke(name, 'die')).rejects.toMatchObject({ name: 'ModelError' });
    const answered = await until(
      () => invoke(name, '1').catch((error: Error) => error.name),
      (answer) => answer !== 'ModelError',
    );
    expect(answered).toMatchObject({ body: '[2.0]' });
    expect((await describeEndpoint(name)).EndpointStatus).toBe('InService');
  });

  it('serves on when its model and config are deleted', async () => {
    const name = uniqueName('endpoint');
    await prepare(name);
    await createEndpoint(name, name);
    await endpointAtRest(name);
    await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name }));
    await sagemaker.send(new DeleteModelCommand({ ModelName: name }));
    expect((await invoke(name, '4')).body).toBe('[8.0]');
  });

  it('is unknown to Describe and Invoke after it was deleted', async () => {
    const name = uniqueName('endpoint');
    await prepare(name);
    await createEndpoint(name, name);
    await endpointAtRest(name);
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: name }));
    const gone = await until(
      () => describeEndpoint(name).catch((error: Error) => error),
      (answer) => answer instanceof Error,
    );
    expect(gone).toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Could not find endpoint'),
    });
    await expect(invoke(name, '1')).rejects.toMatchObject({
      name: 'ValidationError',
      message: `Endpoint ${name} of account 000000000000 not found.`,
    });
  });

  it('captures what it was asked and what it answered, within ten seconds', async () => {
    const name = uniqueName('endpoint');
    await createModel(name, await uploadModel(bucket, inference));
    await createConfig(name, name, {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: `s3://${bucket}/${name}/capture/`,
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
      CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'] },
    });
    await createEndpoint(name, name);
    await endpointAtRest(name);
    await invoke(name, '69,0', { InferenceId: 'flight-1' });
    const [key = ''] = await until(
      () => keysBelow(bucket, `${name}/capture/${name}/AllTraffic/`),
      (keys) => keys.length > 0,
    );
    expect(key).toMatch(/AllTraffic\/\d{4}\/\d\d\/\d\d\/\d\d\/[\w-]+\.jsonl$/);
    const line: unknown = JSON.parse((await readObject(bucket, key)).trim());
    expect(line).toEqual({
      captureData: {
        endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: '69,0', encoding: 'CSV' },
        endpointOutput: {
          observedContentType: 'application/json',
          mode: 'OUTPUT',
          data: Buffer.from('[138.0]').toString('base64'),
          encoding: 'BASE64',
        },
      },
      eventMetadata: {
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        inferenceId: 'flight-1',
        inferenceTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
      eventVersion: '0',
    });
  });

  it('publishes how often and how fast it answered, by endpoint and variant', async () => {
    const name = uniqueName('endpoint');
    await prepare(name);
    await createEndpoint(name, name);
    await endpointAtRest(name);
    const startedAt = performance.now();
    for (let count = 0; count < 20; count += 1) await invoke(name, '1,2');
    const meanMicros = ((performance.now() - startedAt) / 20) * 1000;
    await expect(invoke(name, 'not,numbers')).rejects.toMatchObject({ name: 'ModelError' });

    const statistics = ['SampleCount', 'Maximum', 'p50', 'PR(0:60000000)'];
    const metrics = ['Invocations', 'InvocationModelErrors', 'Invocation5XXErrors', 'ModelLatency', 'OverheadLatency'];
    const seen = await until(
      () => readMetrics(name, metrics, statistics),
      (values) => values['Invocations SampleCount'] === 21,
    );
    expect(seen).toMatchObject({
      'InvocationModelErrors SampleCount': 21,
      'InvocationModelErrors Maximum': 1,
      'Invocation5XXErrors Maximum': 1,
      'ModelLatency SampleCount': 21,
      'ModelLatency PR(0:60000000)': 100,
      'OverheadLatency SampleCount': 21,
    });
    expect(seen['ModelLatency p50']).toBeGreaterThan(100);
    expect(seen['ModelLatency p50']).toBeLessThan(meanMicros * 3);
  });

  it('refuses a body over 6 MiB', async () => {
    const name = uniqueName('endpoint');
    await prepare(name);
    await createEndpoint(name, name);
    await endpointAtRest(name);
    await expect(invoke(name, '1'.repeat(6 * 1024 * 1024 + 1))).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
