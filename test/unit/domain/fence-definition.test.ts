import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Fence, fenceDefinition } from '../../../shared/domain/fence-definition.ts';
import { PipelineDefinition, stepsOf } from '../../../shared/domain/pipeline-definition.ts';
import { pipelineParametersOf } from '../../../shared/domain/pipeline-parameters.ts';
import { samplePolicy } from './sample-policy.ts';

const sample = PipelineDefinition.parse(
  JSON.parse(readFileSync(new URL('../../../ml/flight-delays/pipeline.json', import.meta.url), 'utf8')),
);
const fence: Fence = {
  roleArn: 'arn:aws:iam::111122223333:role/mlops-test-training',
  network: { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'], isolation: true },
  keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/k',
  tags: { application: 'mlops', stage: 'test' },
};
const noNetwork = { subnetIds: [], securityGroupIds: [], isolation: false };

function argumentsOf(
  name: string,
  given: Fence = fence,
  parameters: Record<string, string> = {},
): Record<string, unknown> {
  const found = stepsOf(fenceDefinition(sample, given, parameters)).find(({ step }) => step.Name === name);
  return { ...found?.step.Arguments };
}

describe('the definition that is submitted', () => {
  it('gives a training the role, network, keys and tags of the platform', () => {
    expect(argumentsOf('Train')).toMatchObject({
      RoleArn: fence.roleArn,
      VpcConfig: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-1'] },
      EnableNetworkIsolation: true,
      ResourceConfig: { InstanceType: { Get: 'Parameters.TrainingInstanceType' }, VolumeKmsKeyId: fence.keyArn },
      OutputDataConfig: { S3OutputPath: expect.anything(), KmsKeyId: fence.keyArn },
      StoppingCondition: { MaxRuntimeInSeconds: 1800 },
      Tags: [
        { Key: 'application', Value: 'mlops' },
        { Key: 'stage', Value: 'test' },
      ],
    });
  });

  it('gives a processing job the same, where its API has them', () => {
    expect(argumentsOf('Evaluate')).toMatchObject({
      RoleArn: fence.roleArn,
      NetworkConfig: { EnableNetworkIsolation: true, VpcConfig: { Subnets: ['subnet-1', 'subnet-2'] } },
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, VolumeKmsKeyId: fence.keyArn } },
      ProcessingOutputConfig: { KmsKeyId: fence.keyArn, Outputs: [expect.anything()] },
      Tags: expect.arrayContaining([{ Key: 'stage', Value: 'test' }]),
    });
  });

  it('names no network where the stage has none', () => {
    expect(argumentsOf('Train', { ...fence, network: noNetwork })).not.toHaveProperty('VpcConfig');
    expect(argumentsOf('Evaluate', { ...fence, network: noNetwork })).toMatchObject({
      NetworkConfig: { EnableNetworkIsolation: false },
    });
  });

  it('gives no volume key to an instance with disks of its own, which refuses one', () => {
    for (const type of ['ml.m5d.large', 'ml.g5.xlarge', 'ml.p4d.24xlarge', 'ml.r6gd.large']) {
      expect(argumentsOf('Train', fence, { TrainingInstanceType: type })).not.toHaveProperty(
        'ResourceConfig.VolumeKmsKeyId',
      );
    }
    expect(argumentsOf('Train', fence, { TrainingInstanceType: 'ml.p3.2xlarge' })).toHaveProperty(
      'ResourceConfig.VolumeKmsKeyId',
    );
  });

  it('ends a job that says nothing, and fences the steps in the branches of a Condition', () => {
    const inner = { Name: 'Inner', Type: 'Processing' as const, Arguments: { AppSpecification: {} } };
    const condition = {
      Name: 'If',
      Type: 'Condition' as const,
      Arguments: {
        Conditions: [{ Type: 'Equals' }],
        IfSteps: [inner],
        ElseSteps: [{ Name: 'Stop', Type: 'Fail' as const, Arguments: { ErrorMessage: 'no' } }],
      },
    };
    const steps = stepsOf(fenceDefinition({ ...sample, Steps: [condition] }, fence, {}));
    expect(steps.map(({ step }) => step.Name)).toEqual(['If', 'Inner', 'Stop']);
    expect(steps[1]?.step.Arguments).toMatchObject({
      RoleArn: fence.roleArn,
      StoppingCondition: { MaxRuntimeInSeconds: 14_400 },
    });
    expect(steps[2]?.step.Arguments).toEqual({ ErrorMessage: 'no' });
  });

  it('leaves the author’s definition as it was', () => {
    const before = JSON.stringify(sample);
    fenceDefinition(sample, fence, {});
    expect(JSON.stringify(sample)).toBe(before);
  });
});

describe('the parameters of an execution', () => {
  const given = {
    definition: sample,
    policy: samplePolicy({ pipeline: { parameters: { TrainingInstanceType: 'ml.m5.xlarge', Unheard: 1 } } }),
    codeUri: 's3://b/code/1/',
    data: [
      { name: 'flights', uri: 's3://d/flights/' },
      { name: 'weather', uri: 's3://d/weather/' },
    ],
    outputUri: 's3://b/runs/1/t1',
    championUri: 's3://b/champion/none',
    images: { processing: 'image-p', training: 'image-t' },
  };

  it('are those that the definition declares, as texts and without a slash at the end', () => {
    expect(pipelineParametersOf(given)).toEqual({
      CodeUri: 's3://b/code/1',
      DataUri: 's3://d/flights',
      OutputUri: 's3://b/runs/1/t1',
      ChampionUri: 's3://b/champion/none',
      ProcessingImage: 'image-p',
      TrainingImage: 'image-t',
      TrainingInstanceType: 'ml.m5.xlarge',
    });
  });

  it('name further data', () => {
    const definition = { Parameters: [{ Name: 'DataUri_weather', Type: 'String' as const }] };
    expect(pipelineParametersOf({ ...given, definition })).toEqual({ DataUri_weather: 's3://d/weather' });
  });
});
