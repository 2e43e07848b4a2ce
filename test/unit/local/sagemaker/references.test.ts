import {
  pathOf,
  ReferenceBroken,
  type ReferenceScope,
  resolveReferences,
  stepsNamedIn,
  valueAt,
} from '../../../../local/sagemaker/pipelines/references.ts';

const evaluation = { metrics: { auc: { value: 0.73 } }, 'slices by origin': [{ auc: 0.7 }, { auc: 0.69 }] };
const urisRead: string[] = [];
const scope: ReferenceScope = {
  parameters: { Image: 'sklearn', Count: 2 },
  execution: { PipelineExecutionId: 'abc123' },
  stepProperties: (step) =>
    step === 'Train'
      ? {
          ModelArtifacts: { S3ModelArtifacts: 's3://b/model.tar.gz' },
          FinalMetricDataList: [{ MetricName: 'val:auc', Value: 0.71 }],
        }
      : {
          ProcessingOutputConfig: {
            Outputs: [
              { OutputName: 'train', S3Output: { S3Uri: 's3://b/train' } },
              { OutputName: 'hold out', S3Output: { S3Uri: 's3://b/holdout' } },
            ],
          },
        },
  propertyFile: async (step, name) => (step === 'Evaluate' && name === 'Report' ? evaluation : undefined),
  readJson: async (uri) => {
    urisRead.push(uri);
    return evaluation;
  },
};
const resolve = (value: unknown) => resolveReferences(value, scope);

describe('references in a pipeline definition', () => {
  it('give parameters with their type, wherever they stand', async () => {
    expect(await resolve({ a: [{ Get: 'Parameters.Image' }, { n: { Get: 'Parameters.Count' } }], b: true })).toEqual({
      a: ['sklearn', { n: 2 }],
      b: true,
    });
  });

  it('give properties of other steps, list elements by their name', async () => {
    expect(await resolve({ Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' })).toBe('s3://b/model.tar.gz');
    expect(await resolve({ Get: "Steps.Prepare.ProcessingOutputConfig.Outputs['hold out'].S3Output.S3Uri" })).toBe(
      's3://b/holdout',
    );
    expect(await resolve({ Get: 'Steps.Prepare.ProcessingOutputConfig.Outputs[0].S3Output.S3Uri' })).toBe(
      's3://b/train',
    );
  });

  it('give the metrics of a training job by their names', async () => {
    expect(await resolve({ Get: "Steps.Train.FinalMetricDataList['val:auc'].Value" })).toBe(0.71);
  });

  it('join text, numbers and other references', async () => {
    const Values = ['s3:/', 'b', { Get: 'Execution.PipelineExecutionId' }, { Get: 'Parameters.Count' }];
    expect(await resolve({ 'Std:Join': { On: '/', Values } })).toBe('s3://b/abc123/2');
    expect(await resolve({ 'Std:Join': { Values: ['a', 'b'] } })).toBe('ab');
  });

  it('read values out of property files and out of objects in S3', async () => {
    const PropertyFile = { Get: 'Steps.Evaluate.PropertyFiles.Report' };
    expect(await resolve({ 'Std:JsonGet': { PropertyFile, Path: 'metrics.auc.value' } })).toBe(0.73);
    expect(await resolve({ 'Std:JsonGet': { PropertyFile, Path: "$['slices by origin'][1].auc" } })).toBe(0.69);
    expect(await resolve({ 'Std:JsonGet': { PropertyFile, Path: "['slices by origin'][1].auc" } })).toBe(0.69);
    const S3Uri = { 'Std:Join': { On: '/', Values: ['s3://b', 'report.json'] } };
    expect(await resolve({ 'Std:JsonGet': { S3Uri, Path: 'metrics.auc.value' } })).toBe(0.73);
    expect(urisRead).toEqual(['s3://b/report.json']);
  });

  it.each([
    [{ Get: 'Parameters.Missing' }, 'has no value'],
    [{ Get: 'Steps.Train.NoSuchThing' }, 'has no value'],
    [{ Get: 'Nowhere.X' }, 'is no reference'],
    [
      { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.Report' }, Path: 'metrics.f1' } },
      'finds nothing',
    ],
    [{ 'Std:JsonGet': { Path: 'a' } }, 'needs a PropertyFile'],
    [{ 'Std:Join': { On: '/', Values: 'a' } }, 'needs a list of Values'],
  ])('that lead nowhere say so: %j', async (reference, words) => {
    await expect(resolve(reference)).rejects.toThrow(ReferenceBroken);
    await expect(resolve(reference)).rejects.toThrow(words);
  });

  it('name the steps that must come before', () => {
    const step = {
      a: { Get: 'Steps.Train.X' },
      b: [{ 'Std:Join': { Values: [{ Get: 'Steps.Evaluate-2.Y' }, { Get: 'Parameters.P' }] } }],
    };
    expect(stepsNamedIn(step)).toEqual(['Train', 'Evaluate-2']);
  });

  it('are left alone where an object only looks like one', async () => {
    expect(await resolve({ Get: 'Parameters.Image', Other: 1 })).toEqual({ Get: 'Parameters.Image', Other: 1 });
    expect(valueAt({ a: 1 }, pathOf('constructor.name'))).toBeUndefined();
  });
});
