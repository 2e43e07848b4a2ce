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

describe('a quota of the account', () => {
  it('fails the step of a pipeline as a ClientError, and a retry goes on once it was raised', async () => {
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
      Steps: [{ Name: 'Train', Type: 'Training', Arguments }],
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
    const status = async () =>
      (await sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn }))).PipelineExecutionStatus;
    expect(await until(status, (seen) => seen !== 'Executing')).toBe('Failed');
    const { PipelineExecutionSteps } = await sagemaker.send(
      new ListPipelineExecutionStepsCommand({ PipelineExecutionArn }),
    );
    expect(PipelineExecutionSteps?.[0]?.FailureReason).toMatch(
      /^ClientError: Failed to invoke sagemaker:CreateTrainingJob\. Error Details: The account-level service limit 'ml\.p3\.16xlarge for training job usage' is 0 Instances/,
    );
    rmSync(quotasFile());
    await sagemaker.send(new RetryPipelineExecutionCommand({ PipelineExecutionArn, ClientRequestToken: token() }));
    expect(await until(status, (seen) => seen !== 'Executing')).toBe('Succeeded');
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
