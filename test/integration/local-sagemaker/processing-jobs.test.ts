import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteProcessingJobCommand, StopProcessingJobCommand } from '@aws-sdk/client-sagemaker';
import { keysBelow, listenToEvents, logs, newBucket, readObject, sagemaker, uniqueName, until } from './clients.ts';
import { processingEnd, startProcessing } from './jobs.ts';

let bucket: string;

beforeAll(async () => {
  bucket = await newBucket();
});

describe('a processing job', () => {
  it('runs its script under /opt/ml and uploads what it wrote, also for a prefix that ends in a slash', async () => {
    const name = uniqueName('processing');
    const { heard } = await listenToEvents();
    await startProcessing(
      bucket,
      name,
      `import json, os
configuration = json.load(open('/opt/ml/config/processingjobconfig.json'))
os.makedirs('/opt/ml/processing/result/deep')
open('/opt/ml/processing/result/deep/name.txt', 'w').write(configuration['ProcessingJobName'])
open('/opt/ml/output/message', 'w').write('all went well')
`,
    );
    const job = await processingEnd(name);
    expect(job).toMatchObject({ ProcessingJobStatus: 'Completed', ExitMessage: 'all went well' });
    expect(job.ProcessingEndTime).toBeInstanceOf(Date);
    expect(await readObject(bucket, `${name}/out/deep/name.txt`)).toBe(name);
    const statuses = await until(
      async () =>
        (await heard())
          .filter((event) => event.detail.ProcessingJobName === name)
          .map((event) => event.detail.ProcessingJobStatus),
      (seen) => seen.length >= 2,
    );
    expect(statuses).toEqual(['InProgress', 'Completed']);
  });

  it('can be deleted once it has ended, which frees its name', async () => {
    const name = uniqueName('processing');
    await startProcessing(bucket, name, 'import time\ntime.sleep(60)\n');
    const remove = () => sagemaker.send(new DeleteProcessingJobCommand({ ProcessingJobName: name }));
    await expect(remove()).rejects.toMatchObject({ name: 'ResourceInUse' });
    await sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName: name }));
    await processingEnd(name);
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: 'ResourceNotFound' });
    await startProcessing(bucket, name, 'pass\n');
    expect((await processingEnd(name)).ProcessingJobStatus).toBe('Completed');
  });

  it('fails with the end of its log when the script fails, and leaves the log in CloudWatch', async () => {
    const name = uniqueName('processing');
    await startProcessing(bucket, name, "print('before')\nraise ValueError('no such column: carrier')\n");
    const job = await processingEnd(name);
    expect(job.ProcessingJobStatus).toBe('Failed');
    expect(job.FailureReason).toMatch(/^AlgorithmError: ExecuteUserScriptError/);
    expect(job.FailureReason).toContain('ValueError: no such column: carrier');
    expect(job.FailureReason?.length).toBeLessThanOrEqual(1024);
    const group = '/aws/sagemaker/ProcessingJobs';
    const { logStreams } = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName: group, logStreamNamePrefix: `${name}/algo-1-` }),
    );
    const stream = logStreams?.[0]?.logStreamName;
    const { events } = await logs.send(new GetLogEventsCommand({ logGroupName: group, logStreamName: stream }));
    expect(events?.map((event) => event.message)).toEqual(
      expect.arrayContaining(['before', 'ValueError: no such column: carrier']),
    );
  });

  it('is stopped, with SIGTERM first, when it is asked to', async () => {
    const name = uniqueName('processing');
    const folder = mkdtempSync(join(tmpdir(), 'listens-'));
    const listens = join(folder, 'yes');
    await startProcessing(
      bucket,
      name,
      `import signal, sys, time
def leave(*_):
    open('/opt/ml/processing/result/last.txt', 'w').write('saved')
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
open(${JSON.stringify(listens)}, 'w').close()
time.sleep(60)
`,
    );
    await until(async () => existsSync(listens), Boolean);
    rmSync(folder, { recursive: true });
    await sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName: name }));
    expect((await processingEnd(name)).ProcessingJobStatus).toBe('Stopped');
    expect(await keysBelow(bucket, `${name}/out/`)).toEqual([`${name}/out/last.txt`]);
  });

  it('is stopped with MaxRuntimeExceeded when it runs too long', async () => {
    const name = uniqueName('processing');
    await startProcessing(bucket, name, 'import time\ntime.sleep(60)\n', {
      StoppingCondition: { MaxRuntimeInSeconds: 1 },
    });
    const job = await processingEnd(name);
    expect(job.ProcessingJobStatus).toBe('Stopped');
    expect(job.FailureReason).toMatch(/^MaxRuntimeExceeded/);
  });

  it('fails as a ClientError for an image that is unknown and for inputs that are not there', async () => {
    const unknownImage = uniqueName('processing');
    await startProcessing(bucket, unknownImage, 'pass', {
      AppSpecification: {
        ImageUri: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/unknown:1',
        ContainerEntrypoint: ['true'],
      },
    });
    expect((await processingEnd(unknownImage)).FailureReason).toMatch(/^ClientError: Cannot find requested image/);
    const noInput = uniqueName('processing');
    await startProcessing(bucket, noInput, 'pass', {
      ProcessingInputs: [
        {
          InputName: 'data',
          S3Input: {
            S3Uri: `s3://${bucket}/nothing`,
            LocalPath: '/opt/ml/processing/data',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
          },
        },
      ],
    });
    expect((await processingEnd(noInput)).FailureReason).toContain('No S3 objects found under S3 URL');
  });

  it('has a name of its own', async () => {
    const name = uniqueName('processing');
    await startProcessing(bucket, name, 'pass');
    await expect(startProcessing(bucket, name, 'pass')).rejects.toMatchObject({ name: 'ResourceInUse' });
    await processingEnd(name);
  });
});
