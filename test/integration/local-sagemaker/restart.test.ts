import { CreateEndpointCommand, DeleteEndpointCommand, DescribeProcessingJobCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { restartPart } from '../../harness/world.ts';
import { newBucket, readObject, runtime, sagemaker, uniqueName, until } from './clients.ts';
import { processingEnd, startProcessing } from './jobs.ts';
import { createConfig, createModel, endpointAtRest, inference, uploadModel } from './models.ts';

describe('a server that is killed and started again', () => {
  it('runs its unfinished jobs again and serves its endpoints again', async () => {
    const bucket = await newBucket();
    const [job, endpoint] = [uniqueName('processing'), uniqueName('endpoint')];
    await createModel(endpoint, await uploadModel(bucket, inference));
    await createConfig(endpoint, endpoint);
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

    await restartPart('sagemaker', 'SIGKILL');

    const answer = await runtime.send(
      new InvokeEndpointCommand({ EndpointName: endpoint, Body: '1,2', ContentType: 'text/csv' }),
    );
    expect(Buffer.from(answer.Body).toString()).toBe('[6.0]');
    expect((await processingEnd(job)).ProcessingJobStatus).toBe('Completed');
    expect(await readObject(bucket, `${job}/out/done`)).toBe('yes');
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
  });
});
