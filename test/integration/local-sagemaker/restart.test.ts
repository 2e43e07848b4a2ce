import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateEndpointCommand,
  CreatePipelineCommand,
  DeleteEndpointCommand,
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  SendPipelineExecutionStepSuccessCommand,
  StartPipelineExecutionCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { stateFolderAt } from '../../../local/world/state-folder.ts';
import { restartPart, worldVariable } from '../../harness/world.ts';
import { newBucket, readObject, roleArn, runtime, sagemaker, token, uniqueName, until } from './clients.ts';
import { processingEnd, startProcessing } from './jobs.ts';
import { createConfig, createModel, describeEndpoint, endpointAtRest, inference, uploadModel } from './models.ts';

const sqs = new SQSClient({});

/** An execution whose first step waits for somebody. */
async function startAsking(queueUrl: string | undefined): Promise<string> {
  const PipelineName = uniqueName('pipeline');
  const Steps = [
    { Name: 'Ask', Type: 'Callback', SqsQueueUrl: queueUrl, Arguments: {} },
    { Name: 'Then', Type: 'Condition', DependsOn: ['Ask'], Arguments: { Conditions: [] } },
  ];
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

async function stepsOf(PipelineExecutionArn: string) {
  const answer = await sagemaker.send(
    new ListPipelineExecutionStepsCommand({ PipelineExecutionArn, SortOrder: 'Ascending' }),
  );
  return answer.PipelineExecutionSteps ?? [];
}

describe('a server that is killed and started again', () => {
  it('leaves no process behind, and takes up its jobs, its executions, its endpoints and their deployments', async () => {
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
      `import os, subprocess, time
child = subprocess.Popen(['sleep', '300'], start_new_session=True)
open('/opt/ml/processing/pids.new', 'w').write(f'{os.getpid()} {child.pid}')
os.rename('/opt/ml/processing/pids.new', '/opt/ml/processing/pids')
time.sleep(2)
open('/opt/ml/processing/result/done', 'w').write('yes')
`,
    );
    const pids = await until(
      async () => pidsOf(job),
      ({ length }) => length === 2,
    );

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
    await until(
      () => sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: execution })),
      ({ PipelineExecutionStatus }) => PipelineExecutionStatus === 'Succeeded',
    );
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
    expect((await processingEnd(job)).ProcessingJobStatus).toBe('Completed');
    expect(await readObject(bucket, `${job}/out/done`)).toBe('yes');
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
