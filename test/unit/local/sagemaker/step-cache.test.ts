import { cacheKeyOf } from '../../../../local/sagemaker/pipelines/step-cache.ts';

const processing = {
  AppSpecification: { ImageUri: 'image', ContainerArguments: ['--rows', '10'] },
  Environment: { A: '1', B: '2' },
  ProcessingInputs: [{ InputName: 'code' }],
  ProcessingOutputConfig: { Outputs: [] },
  ProcessingResources: { ClusterConfig: { InstanceCount: 1 } },
};
const training = {
  AlgorithmSpecification: { TrainingImage: 'image' },
  HyperParameters: { depth: '3' },
  InputDataConfig: [{ ChannelName: 'train' }],
  OutputDataConfig: { S3OutputPath: 's3://out' },
  ResourceConfig: { InstanceCount: 1 },
};

describe('the cache key of a step', () => {
  it.each([
    ['Processing', processing, { ProcessingOutputConfig: 'elsewhere' }],
    ['Processing', processing, { ProcessingResources: 'more' }],
    ['Processing', processing, { Environment: { B: '2', A: '1' } }],
    ['Training', training, { OutputDataConfig: 'elsewhere' }],
    ['Training', training, { StoppingCondition: { MaxRuntimeInSeconds: 1 } }],
  ] as const)('stays the same for a %s step when what is not in it changes', (type, given, change) => {
    expect(cacheKeyOf(type, { ...given, ...change })).toBe(cacheKeyOf(type, given));
  });

  it.each([
    ['Processing', processing, { AppSpecification: { ...processing.AppSpecification, ContainerArguments: ['10'] } }],
    ['Processing', processing, { Environment: undefined }],
    ['Processing', processing, { ProcessingInputs: [] }],
    ['Training', training, { AlgorithmSpecification: {} }],
    ['Training', training, { CheckpointConfig: { S3Uri: 's3://points' } }],
    ['Training', training, { DebugHookConfig: {} }],
    ['Training', training, { DebugRuleConfigurations: [] }],
    ['Training', training, { Environment: { A: '1' } }],
    ['Training', training, { HyperParameters: { depth: '4' } }],
    ['Training', training, { InputDataConfig: [] }],
  ] as const)('changes for a %s step with what is in it', (type, given, change) => {
    expect(cacheKeyOf(type, { ...given, ...change })).not.toBe(cacheKeyOf(type, given));
  });

  it('is there for no other type', () => {
    expect(cacheKeyOf('Lambda', {})).toBeUndefined();
    expect(cacheKeyOf('RegisterModel', {})).toBeUndefined();
  });
});
