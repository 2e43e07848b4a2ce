import { requireProcessable, requireTrainable } from '../../../../local/sagemaker/resources/check-job.ts';

const training = {
  TrainingJobName: 'job',
  RoleArn: 'arn:aws:iam::000000000000:role/a',
  AlgorithmSpecification: { TrainingImage: 'image', TrainingInputMode: 'File' as const },
  ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
  OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
};
const channel = { ChannelName: 'train', DataSource: {} };

describe('a training job', () => {
  it.each([
    ['exactly one of TrainingImage', { AlgorithmSpecification: { TrainingInputMode: 'File' as const } }],
    ['ResourceConfig is required', { ResourceConfig: undefined }],
    ['only supported when', { StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 } }],
    ['greater than or equal to', { EnableManagedSpotTraining: true }],
    ['train is there twice', { InputDataConfig: [channel, channel] }],
    ["The channel name .. can't be that of a folder", { InputDataConfig: [{ ...channel, ChannelName: '..' }] }],
    ['it must be a folder below /opt/ml/', { CheckpointConfig: { S3Uri: 's3://b/c', LocalPath: '/opt/ml/../etc' } }],
    ['it must be a folder below /opt/ml/', { CheckpointConfig: { S3Uri: 's3://b/c', LocalPath: '/home/me' } }],
  ])('is refused with "%s"', (words, changes) => {
    expect(() => requireTrainable({ ...training, ...changes })).toThrow(words);
  });

  it('is taken as the service takes it', () => {
    expect(() => requireTrainable(training)).not.toThrow();
  });
});

const input = (InputName: string, LocalPath: string) => ({
  InputName,
  S3Input: { S3Uri: 's3://bucket/a', S3DataType: 'S3Prefix' as const, LocalPath },
});
const processing = {
  ProcessingJobName: 'job',
  RoleArn: training.RoleArn,
  AppSpecification: { ImageUri: 'image' },
  ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 1 } },
};

describe('a processing job', () => {
  it.each([
    ['Input names must be unique', [input('a', '/opt/ml/processing/a'), input('a', '/opt/ml/processing/b')]],
    [
      'Local paths of inputs and outputs must be unique',
      [input('a', '/opt/ml/processing/a'), input('b', '/opt/ml/processing/a')],
    ],
    ['must begin with /opt/ml/processing/', [input('a', '/etc')]],
    ['must begin with /opt/ml/processing/', [input('a', '/opt/ml/processing/../../../etc')]],
    ['exactly one of S3Input', [{ InputName: 'a' }]],
  ])('is refused with "%s"', (words, ProcessingInputs) => {
    expect(() => requireProcessable({ ...processing, ProcessingInputs })).toThrow(words);
  });

  it('is taken as the service takes it', () => {
    expect(() =>
      requireProcessable({ ...processing, ProcessingInputs: [input('a', '/opt/ml/processing/a')] }),
    ).not.toThrow();
  });
});
