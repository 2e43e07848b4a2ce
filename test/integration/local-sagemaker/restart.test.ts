import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateEndpointCommand,
  CreatePipelineCommand,
  DeleteEndpointCommand,
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  RetryPipelineExecutionCommand,
  SendPipelineExecutionStepSuccessCommand,
  StartPipelineExecutionCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { stateFolderAt } from '../../../local/world/state-folder.ts';
import { restartPart, worldVariable } from '../../harness/world.ts';
import { image, logs, newBucket, putObject, roleArn, runtime, sagemaker, token, uniqueName, until } from './clients.ts';
import { processingEnd } from './jobs.ts';
import { createConfig, createModel, describeEndpoint, endpointAtRest, inference, uploadModel } from './models.ts';

const sqs = new SQSClient({});

async function startSteps(Steps: unknown[]): Promise<string> {
  const PipelineName = uniqueName('pipeline');
  await sagemaker.send(
    new CreatePipelineCommand({
      PipelineName,
      RoleArn: roleArn,
      ClientRequestToken: token(),
      PipelineDefinition: JSON.stringify({ Version: '2020-12-01', Steps }),
    }),
  );
  const { PipelineExecutionArn } = await sagemaker.send(
    new StartPipelineExecutionCommand({ PipelineName, ClientRequestToken: token() }),
  );
  return PipelineExecutionArn ?? '';
}

/** An execution whose first step waits for somebody. */
function startAsking(queueUrl: string | undefined): Promise<string> {
  return startSteps([
    { Name: 'Ask', Type: 'Callback', SqsQueueUrl: queueUrl, Arguments: {} },
    { Name: 'Then', Type: 'Condition', DependsOn: ['Ask'], Arguments: { Conditions: [] } },
  ]);
}

/** An execution with two jobs that run the given Python text; one of them is tried again when the service fails it. */
async function startWork(bucket: string, script: string): Promise<string> {
  await putObject(bucket, 'work/job.py', script);
  const LocalPath = '/opt/ml/processing/input/code';
  const code = { S3Uri: `s3://${bucket}/work/`, LocalPath, S3DataType: 'S3Prefix', S3InputMode: 'File' };
  const Arguments = {
    AppSpecification: { ImageUri: image, ContainerEntrypoint: ['python3', `${LocalPath}/job.py`] },
    ProcessingInputs: [{ InputName: 'code', S3Input: code }],
    ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
  };
  const again = { ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR'], IntervalSeconds: 1, MaxAttempts: 2 };
  return startSteps([
    { Name: 'Once', Type: 'Processing', Arguments },
    { Name: 'Again', Type: 'Processing', Arguments, RetryPolicies: [again] },
  ]);
}

/** Names of the jobs that its steps have. */
async function jobsOf(execution: string): Promise<string[]> {
  return (await stepsOf(execution)).flatMap(({ Metadata }) => Metadata?.ProcessingJob?.Arn?.split('/').at(-1) ?? []);
}

async function stepsOf(PipelineExecutionArn: string) {
  const answer = await sagemaker.send(
    new ListPipelineExecutionStepsCommand({ PipelineExecutionArn, SortOrder: 'Ascending' }),
  );
  return answer.PipelineExecutionSteps ?? [];
}

async function untilExecution(PipelineExecutionArn: string, wanted: string): Promise<void> {
  await until(
    () => sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn })),
    ({ PipelineExecutionStatus }) => PipelineExecutionStatus === wanted,
  );
}

/** Its jobs failed with a reason that their logs tell too; the step that may be tried again has done so, the other one failed. */
async function expectFoundDead(work: string, jobs: string[]): Promise<void> {
  const reason = expect.stringMatching(/^InternalServerError: .*The local SageMaker ended while this job ran/);
  await untilExecution(work, 'Failed');
  for (const name of jobs) {
    expect(await processingEnd(name)).toMatchObject({ ProcessingJobStatus: 'Failed', FailureReason: reason });
    const lines = await until(
      () => logOf(name),
      (all) => all.length > 2,
    );
    expect(lines.slice(1)).toEqual(['at work', expect.stringContaining('The local SageMaker ended')]);
  }
  const steps = await stepsOf(work);
  expect(steps.map((step) => [step.StepName, step.StepStatus, step.AttemptCount])).toEqual([
    ['Once', 'Failed', 1],
    ['Again', 'Succeeded', 2],
  ]);
  expect(steps[0]?.FailureReason).toEqual(reason);
}

async function logOf(job: string): Promise<string[]> {
  const logGroupName = '/aws/sagemaker/ProcessingJobs';
  const { logStreams } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${job}/algo-1-` }),
  );
  const { events } = await logs.send(
    new GetLogEventsCommand({ logGroupName, logStreamName: logStreams?.[0]?.logStreamName }),
  );
  return (events ?? []).flatMap(({ message }) => (message ?? '').trim() || []);
}

describe('a server that is killed and started again', () => {
  it('leaves no process behind, finds its jobs dead, and takes up its executions, its endpoints and their deployments', async () => {
    const bucket = await newBucket();
    const endpoint = uniqueName('endpoint');
    const next = `${endpoint}-next`;
    await createModel(endpoint, await uploadModel(bucket, inference));
    await createConfig(endpoint, endpoint);
    await createConfig(next, endpoint);
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: endpoint, EndpointConfigName: endpoint }));
    await endpointAtRest(endpoint);
    const work = await startWork(
      bucket,
      `import os, subprocess, time
child = subprocess.Popen(['sleep', '300'], start_new_session=True)
print('at work')
open('/opt/ml/processing/pids.new', 'w').write(f'{os.getpid()} {child.pid}')
os.rename('/opt/ml/processing/pids.new', '/opt/ml/processing/pids')
time.sleep(300)
`,
    );
    const jobs = await until(
      () => jobsOf(work),
      (names) => names.length === 2 && names.every((name) => pidsOf(name).length === 2),
    );
    const pids = jobs.flatMap(pidsOf);
    // What the next tries of the work run.
    await putObject(bucket, 'work/job.py', 'print("done")');

    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: uniqueName('asked') }));
    const execution = await startAsking(QueueUrl);
    const [asking] = await until(
      () => stepsOf(execution),
      ([step]) => step?.StepStatus === 'Executing',
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

    const CallbackToken = asking?.Metadata?.Callback?.CallbackToken;
    await sagemaker.send(new SendPipelineExecutionStepSuccessCommand({ CallbackToken }));
    await untilExecution(execution, 'Succeeded');
    expect((await stepsOf(execution)).map((step) => [step.StepName, step.StepStatus, step.AttemptCount])).toEqual([
      ['Ask', 'Succeeded', 1],
      ['Then', 'Succeeded', 1],
    ]);
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));

    await until(
      async () => pids.filter(isAlive),
      (alive) => alive.length === 0,
    );
    const answer = await runtime.send(
      new InvokeEndpointCommand({ EndpointName: endpoint, Body: '1,2', ContentType: 'text/csv' }),
    );
    expect(Buffer.from(answer.Body).toString()).toBe('[6.0]');
    await expectFoundDead(work, jobs);
    await sagemaker.send(
      new RetryPipelineExecutionCommand({ PipelineExecutionArn: work, ClientRequestToken: token() }),
    );
    await untilExecution(work, 'Succeeded');
    expect(await endpointAtRest(endpoint)).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: next });
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
  });
});

/** Of the job's script and of the child that it let go of; empty until it has said so. */
function pidsOf(job: string): number[] {
  const folder = stateFolderAt(worldVariable('MLOPS_TEST_WORLD')).partState('sagemaker');
  try {
    const text = readFileSync(join(folder, 'jobs', 'processing', job, 'opt-ml', 'processing', 'pids'), 'utf8');
    return text.split(' ').map(Number);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
