import {
  CreateProcessingJobCommand,
  type CreateProcessingJobRequest,
  CreateTrainingJobCommand,
  type CreateTrainingJobRequest,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { image, putObject, roleArn, sagemaker, until } from './clients.ts';

const ENDED = ['Completed', 'Failed', 'Stopped'];

/** A processing job that runs the given Python text. */
export async function startProcessing(
  bucket: string,
  name: string,
  script: string,
  changes: Partial<CreateProcessingJobRequest> = {},
): Promise<void> {
  const code = await putObject(bucket, `${name}/code/job.py`, script);
  await sagemaker.send(
    new CreateProcessingJobCommand({
      ProcessingJobName: name,
      RoleArn: roleArn,
      AppSpecification: { ImageUri: image, ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/job.py'] },
      ProcessingInputs: [
        {
          InputName: 'code',
          S3Input: {
            S3Uri: code,
            LocalPath: '/opt/ml/processing/input/code',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
          },
        },
      ],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'result',
            S3Output: {
              S3Uri: `s3://${bucket}/${name}/out/`,
              LocalPath: '/opt/ml/processing/result',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
      ...changes,
    }),
  );
}

export function processingEnd(name: string) {
  return until(
    () => sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name })),
    (job) => ENDED.includes(job.ProcessingJobStatus ?? ''),
  );
}

/** A script-mode training job whose code comes through the channel `code`. */
export async function startTraining(
  bucket: string,
  name: string,
  script: string,
  hyperparameters: Record<string, string> = {},
  changes: Partial<CreateTrainingJobRequest> = {},
): Promise<void> {
  await putObject(bucket, `${name}/code/train.py`, script);
  await sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName: name,
      RoleArn: roleArn,
      AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
      HyperParameters: {
        sagemaker_program: '"train.py"',
        sagemaker_submit_directory: '"/opt/ml/input/data/code"',
        ...hyperparameters,
      },
      InputDataConfig: [
        {
          ChannelName: 'code',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${name}/code` } },
        },
      ],
      OutputDataConfig: { S3OutputPath: `s3://${bucket}/${name}/models/` },
      ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
      ...changes,
    }),
  );
}

export function trainingEnd(name: string) {
  return until(
    () => sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name })),
    (job) => ENDED.includes(job.TrainingJobStatus ?? ''),
  );
}
