import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreatePipelineCommand,
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  RetryPipelineExecutionCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { stateFolderAt } from '../../../local/world/state-folder.ts';
import { worldVariable } from '../../harness/world.ts';
import { image, newBucket, putObject, roleArn, sagemaker, token, uniqueName, until } from './clients.ts';
import { createModel, inference, uploadModel } from './models.ts';

/** Instance types that no other test uses. */
const forTraining = 'ml.p3.16xlarge';
const forEndpoint = 'ml.p3.8xlarge';
const quotasFile = () => join(stateFolderAt(worldVariable('MLOPS_TEST_WORLD')).partState('sagemaker'), 'quotas.json');

beforeEach(() => {
  writeFileSync(
    quotasFile(),
    JSON.stringify({ [`${forTraining} for training job usage`]: 0, [`${forEndpoint} for endpoint usage`]: 1 }),
  );
});
afterEach(() => rmSync(quotasFile(), { force: true }));

/** Starts a pipeline whose one step needs what the quota forbids. */
async function startTraining(more: Record<string, unknown> = {}): Promise<string> {
  const bucket = await newBucket();
  const name = uniqueName('pipeline');
  await putObject(bucket, `${name}/code/train.py`, 'pass\n');
  const Arguments = {
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
    HyperParameters: { sagemaker_program: 'train.py', sagemaker_submit_directory: '/opt/ml/input/data/code' },
    InputDataConfig: [
      {
        ChannelName: 'code',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${name}/code` } },
      },
    ],
    OutputDataConfig: { S3OutputPath: `s3://${bucket}/${name}/models` },
    ResourceConfig: { InstanceCount: 1, InstanceType: forTraining, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
  };
  const PipelineDefinition = JSON.stringify({
    Version: '2020-12-01',
    Steps: [{ Name: 'Train', Type: 'Training', Arguments, ...more }],
  });
  await sagemaker.send(
    new CreatePipelineCommand({
      PipelineName: name,
      RoleArn: roleArn,
      ClientRequestToken: token(),
      PipelineDefinition,
    }),
  );
  const { PipelineExecutionArn } = await sagemaker.send(
    new StartPipelineExecutionCommand({ PipelineName: name, ClientRequestToken: token() }),
  );
  return PipelineExecutionArn ?? '';
}

function ended(PipelineExecutionArn: string) {
  return until(
    async () =>
      (await sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn }))).PipelineExecutionStatus,
    (status) => status !== 'Executing' && status !== 'Stopping',
  );
}

async function train(PipelineExecutionArn: string) {
  const answer = await sagemaker.send(new ListPipelineExecutionStepsCommand({ PipelineExecutionArn }));
  return answer.PipelineExecutionSteps?.[0];
}

describe('a quota of the account', () => {
  it('fails the step of a pipeline as a ClientError, and a retry goes on once it was raised', async () => {
    const arn = await startTraining();
    expect(await ended(arn)).toBe('Failed');
    expect((await train(arn))?.FailureReason).toMatch(
      /^ClientError: Failed to invoke sagemaker:CreateTrainingJob\. Error Details: The account-level service limit 'ml\.p3\.16xlarge for training job usage' is 0 Instances/,
    );
    rmSync(quotasFile());
    await sagemaker.send(new RetryPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() }));
    expect(await ended(arn)).toBe('Succeeded');
  });

  it('is waited for by a step whose retry policy says so, until it is raised or the execution is stopped', async () => {
    const waitFor = (IntervalSeconds: number) => ({
      RetryPolicies: [
        { ExceptionType: ['SageMaker.RESOURCE_LIMIT'], IntervalSeconds, BackoffRate: 1, MaxAttempts: 20 },
      ],
    });
    const stopped = await startTraining(waitFor(43_200));
    const raised = await startTraining(waitFor(1));
    const triedAgain = (step: Awaited<ReturnType<typeof train>>) => (step?.AttemptCount ?? 0) > 1;
    expect(await until(() => train(raised), triedAgain)).toMatchObject({ StepStatus: 'Starting' });
    rmSync(quotasFile());
    expect(await ended(raised)).toBe('Succeeded');
    expect(await train(raised)).toMatchObject({ StepStatus: 'Succeeded', AttemptCount: expect.any(Number) });
    await sagemaker.send(
      new StopPipelineExecutionCommand({ PipelineExecutionArn: stopped, ClientRequestToken: token() }),
    );
    expect(await ended(stopped)).toBe('Stopped');
    expect(await train(stopped)).toMatchObject({ StepStatus: 'Stopped', AttemptCount: 1 });
  });

  it('refuses an endpoint with more instances than it allows', async () => {
    const name = uniqueName('endpoint');
    await createModel(name, await uploadModel(await newBucket(), inference));
    await sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: name,
        ProductionVariants: [
          { VariantName: 'AllTraffic', ModelName: name, InitialInstanceCount: 2, InstanceType: forEndpoint },
        ],
      }),
    );
    await expect(
      sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name })),
    ).rejects.toMatchObject({
      name: 'ResourceLimitExceeded',
      message: expect.stringContaining('request delta of 2 Instances'),
    });
  });
});
