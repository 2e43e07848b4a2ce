/** Inputs that this server and moto both take. */
export const IMAGE = '000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3';
export const ROLE = 'arn:aws:iam::000000000000:role/bench';

export const modelInput = (ModelName: string) => ({
  ModelName,
  ExecutionRoleArn: ROLE,
  PrimaryContainer: {
    Image: IMAGE,
    ModelDataUrl: 's3://bench/model.tar.gz',
    Environment: { SAGEMAKER_PROGRAM: 'inference.py' },
  },
});

export const configInput = (EndpointConfigName: string, ModelName: string) => ({
  EndpointConfigName,
  ProductionVariants: [
    { VariantName: 'main', ModelName, InitialInstanceCount: 1, InstanceType: 'ml.t2.medium', InitialVariantWeight: 1 },
  ],
});

/** A pipeline that is listed and described, not run. */
export const pipelineInput = (PipelineName: string) => ({
  PipelineName,
  RoleArn: ROLE,
  ClientRequestToken: `bench-${PipelineName}`.padEnd(40, '0'),
  PipelineDefinition: noopPipeline('s3://bench/code/noop.py'),
});

/** Three processing steps, one after the other, each with the same script. */
export function noopPipeline(code: string): string {
  const step = (name: string, ...after: string[]) => ({
    Name: name,
    Type: 'Processing',
    ...(after.length === 0 ? {} : { DependsOn: after }),
    Arguments: {
      AppSpecification: { ImageUri: IMAGE, ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/noop.py'] },
      ProcessingInputs: [
        {
          InputName: 'code',
          S3Input: {
            ...{ S3Uri: code, LocalPath: '/opt/ml/processing/input/code' },
            ...{ S3DataType: 'S3Prefix', S3InputMode: 'File' },
          },
        },
      ],
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
    },
  });
  return JSON.stringify({
    Version: '2020-12-01',
    Steps: [step('First'), step('Second', 'First'), step('Third', 'Second')],
  });
}
