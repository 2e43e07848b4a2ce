import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedRun, cacheKeyOf } from '../../../../local/sagemaker/pipelines/step-cache.ts';
import type { PipelineStep } from '../../../../local/sagemaker/state/records.ts';
import { openStore, type Store } from '../../../../local/sagemaker/state/store.ts';

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

describe('a run that is found in the cache', () => {
  let folder: string;
  let store: Store;
  const now = new Date('2026-01-02T00:00:00Z');
  const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
  const arnOf = (job: string) => `arn:aws:sagemaker:eu-central-1:000000000000:model/${job}`;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'step-cache-'));
    store = openStore(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** An execution with one step; `made` is what the step made, which is still there unless said otherwise. */
  function ran(id: string, endedAt: Date, step: Partial<PipelineStep> = {}, pipelineArn = 'arn:p', there = true): void {
    const Arn = arnOf(id);
    if (there) store.models.put(id, { ModelName: id, ModelArn: Arn, CreationTime: endedAt });
    const only: PipelineStep = {
      name: 'Make',
      type: 'Processing',
      status: 'Succeeded',
      startedAt: endedAt,
      endedAt,
      metadata: { Model: { Arn } },
      attempt: 1,
      cacheKey: 'key',
      ...step,
    };
    store.executions.put(id, {
      id,
      arn: id,
      pipelineName: 'p',
      pipelineArn,
      versionId: 1,
      definition: '',
      roleArn: '',
      parameters: [],
      status: 'Succeeded',
      createdAt: endedAt,
      modifiedAt: endedAt,
      startToken: id,
      retryTokens: [],
      steps: [only],
      formerAttempts: {},
    });
  }
  const found = () =>
    cachedRun(
      { store, now: () => now },
      { pipelineArn: 'arn:p' },
      { name: 'Make', type: 'Processing', cachedForMs: 24 * 3_600_000 },
      'key',
    )?.execution.id;

  it('is the newest of those that fit', () => {
    ran('old', hoursAgo(3));
    ran('new', hoursAgo(1));
    ran('middle', hoursAgo(2));
    expect(found()).toBe('new');
  });

  it('is none that is too old, failed, took its results from another, has another key or lost its job', () => {
    ran('too-old', hoursAgo(25));
    ran('failed', hoursAgo(1), { status: 'Failed' });
    ran('cached', hoursAgo(1), { cachedFrom: 'too-old' });
    ran('taken', hoursAgo(1), { takenFrom: 'too-old' });
    ran('other-key', hoursAgo(1), { cacheKey: 'other' });
    ran('other-step', hoursAgo(1), { name: 'Other' });
    ran('other-pipeline', hoursAgo(1), {}, 'arn:other');
    ran('lost', hoursAgo(1), {}, 'arn:p', false);
    expect(found()).toBeUndefined();
  });
});
