import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  DescribeProcessingJobCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { restartPart } from '../../harness/world.ts';
import { newBucket, readObject, runtime, sagemaker, uniqueName, until } from './clients.ts';
import { processingEnd, startProcessing } from './jobs.ts';
import { createConfig, createModel, describeEndpoint, endpointAtRest, inference, uploadModel } from './models.ts';

describe('a server that is killed and started again', () => {
  it('runs its unfinished jobs again, serves its endpoints again, and brings their deployments to an end', async () => {
    const bucket = await newBucket();
    const [job, endpoint] = [uniqueName('processing'), uniqueName('endpoint')];
    const next = `${endpoint}-next`;
    await createModel(endpoint, await uploadModel(bucket, inference));
    await createConfig(endpoint, endpoint);
    await createConfig(next, endpoint);
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: endpoint, EndpointConfigName: endpoint }));
    await endpointAtRest(endpoint);
    await startProcessing(
      bucket,
      job,
      "import time\ntime.sleep(2)\nopen('/opt/ml/processing/result/done', 'w').write('yes')\n",
    );
    await until(
      () => sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: job })),
      (described) => described.ProcessingStartTime !== undefined,
    );

    const half = { Type: 'CAPACITY_PERCENT' as const, Value: 50 };
    const TrafficRoutingConfiguration = { Type: 'CANARY' as const, CanarySize: half, WaitIntervalInSeconds: 3 };
    await sagemaker.send(
      new UpdateEndpointCommand({
        EndpointName: endpoint,
        EndpointConfigName: next,
        DeploymentConfig: { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration } },
      }),
    );
    await until(
      () => describeEndpoint(endpoint),
      ({ PendingDeploymentSummary: summary }) =>
        summary?.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status === 'Baking',
    );

    await restartPart('sagemaker', 'SIGKILL');

    const answer = await runtime.send(
      new InvokeEndpointCommand({ EndpointName: endpoint, Body: '1,2', ContentType: 'text/csv' }),
    );
    expect(Buffer.from(answer.Body).toString()).toBe('[6.0]');
    expect((await processingEnd(job)).ProcessingJobStatus).toBe('Completed');
    expect(await readObject(bucket, `${job}/out/done`)).toBe('yes');
    expect(await endpointAtRest(endpoint)).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: next });
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
  });
});
