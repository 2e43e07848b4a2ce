import { serviceModelFrom } from '../../../../local/sagemaker/api/service-model.ts';
import { requireSoundDefinition } from '../../../../local/sagemaker/pipelines/check-definition.ts';
import { planPipeline } from '../../../../local/sagemaker/pipelines/definition.ts';
import { progressOf } from '../../../../local/sagemaker/pipelines/next-steps.ts';
import type { PipelineStep } from '../../../../local/sagemaker/state/records.ts';

const fail = (Name: string, more: Record<string, unknown> = {}) => ({
  Name,
  Type: 'Fail',
  Arguments: { ErrorMessage: 'no' },
  ...more,
});
const plan = (Steps: unknown[], Parameters: unknown[] = []) =>
  planPipeline(JSON.stringify({ Version: '2020-12-01', Parameters, Steps }));
const gate = {
  Name: 'Gate',
  Type: 'Condition',
  Arguments: { Conditions: [], IfSteps: [fail('Yes')], ElseSteps: [fail('No')] },
};

function ran(name: string, status: PipelineStep['status'], metadata: PipelineStep['metadata'] = {}): PipelineStep {
  return { name, type: 'Processing', status, startedAt: new Date(0), metadata, attempt: 1 };
}

describe('a pipeline definition', () => {
  it('lays its steps out flat, each with what must come before it', () => {
    const { steps } = plan([
      { Name: 'Prepare', Type: 'Processing', Arguments: {} },
      { Name: 'Train', Type: 'Training', Arguments: { x: { Get: 'Steps.Prepare.ProcessingJobName' } } },
      { ...gate, DependsOn: ['Train'] },
    ]);
    expect(steps.map((step) => [step.name, step.dependsOn, step.guard])).toEqual([
      ['Prepare', [], undefined],
      ['Train', ['Prepare'], undefined],
      ['Gate', ['Train'], undefined],
      ['Yes', ['Gate'], { condition: 'Gate', outcome: 'True' }],
      ['No', ['Gate'], { condition: 'Gate', outcome: 'False' }],
    ]);
  });

  it.each([
    ['{', 'Invalid JSON'],
    ['{"Steps": []}', 'Steps'],
    [JSON.stringify({ Version: '2019-01-01', Steps: [fail('A')] }), 'Version'],
    [JSON.stringify({ Steps: [fail('A'), fail('A')] }), "'A' stands there twice"],
    [JSON.stringify({ Steps: [fail('A', { DependsOn: ['B'] })] }), "depends on 'B'"],
    [JSON.stringify({ Steps: [fail('A', { DependsOn: ['B'] }), fail('B', { DependsOn: ['A'] })] }), 'cycle: A, B'],
    [JSON.stringify({ Steps: [{ Name: 'A', Type: 'EMR' }] }), "has the type 'EMR'"],
    [JSON.stringify({ Steps: [fail('A', { Arguments: { ErrorMessage: { Get: 'Parameters.P' } } })] }), "parameter 'P'"],
  ])('that is wrong is refused in words: %s', (definition, words) => {
    expect(() => planPipeline(definition)).toThrow(words);
  });
});

describe('a definition that is to become a pipeline', () => {
  const text = { shape: 'Text' };
  const model = serviceModelFrom({
    operations: {},
    shapes: {
      DescribeProcessingJobResponse: { type: 'structure', members: { ProcessingJobName: text } },
      CreateProcessingJobRequest: { type: 'structure', members: { ProcessingJobName: text, RoleArn: text } },
      Text: { type: 'string' },
    },
  });
  const compared = (Conditions: unknown) => ({ Name: 'Gate', Type: 'Condition', Arguments: { Conditions } });
  const definition = (steps: unknown[], parameters: unknown[] = []) =>
    JSON.stringify({ Version: '2020-12-01', Parameters: parameters, Steps: steps });
  const left = (Get: string) => compared([{ Type: 'Equals', LeftValue: { Get }, RightValue: 1 }]);

  it.each([
    ['is no reference', definition([left('Stages.A')])],
    [
      "no property file 'Report'",
      definition([{ Name: 'A', Type: 'Processing' }, left('Steps.A.PropertyFiles.Report')]),
    ],
    ["has no property 'Colour'", definition([{ Name: 'A', Type: 'Processing' }, left('Steps.A.Colour')])],
    ["there is no 'Execution.Colour'", definition([left('Execution.Colour')])],
    ["type 'Between' is unknown", definition([compared([{ Type: 'Not', Condition: { Type: 'Between' } }])])],
    ['needs a list of Conditions', definition([compared('all')])],
    ['has the type Integer', definition([fail('A')], [{ Name: 'P', Type: 'Integer', DefaultValue: 'many' }])],
    ['needs a SqsQueueUrl', definition([{ Name: 'A', Type: 'Callback' }])],
    ['needs a FunctionArn', definition([{ Name: 'A', Type: 'Lambda', FunctionArn: '' }])],
    ["'Colour' is no argument", definition([{ Name: 'A', Type: 'Processing', Arguments: { Colour: 'red' } }])],
    ['Equals needs RightValue', definition([compared([{ Type: 'Equals', LeftValue: 1 }])])],
    ['NotIn needs Values or In', definition([compared([{ Type: 'NotIn', Value: 1 }])])],
    ['Not needs Expression or Condition', definition([compared([{ Type: 'Not' }])])],
    [
      "has no output parameter 'sum'",
      definition([
        {
          Name: 'A',
          Type: 'Lambda',
          FunctionArn: 'add',
          OutputParameters: [{ OutputName: 'difference', OutputType: 'Float' }],
        },
        left("Steps.A.OutputParameters['sum']"),
      ]),
    ],
    [
      'PipelineExperimentConfig',
      JSON.stringify({
        PipelineExperimentConfig: { ExperimentName: { Get: 'Parameters.Nobody' }, TrialName: 'one' },
        Steps: [fail('A')],
      }),
    ],
    [
      'nothing of the execution',
      JSON.stringify({
        PipelineExperimentConfig: { ExperimentName: 'one', TrialName: { Get: 'Execution.TrainingJobName' } },
        Steps: [fail('A')],
      }),
    ],
  ])('is refused in words: %s', (words, definitionText) => {
    expect(() => requireSoundDefinition(model, definitionText)).toThrow(words);
  });

  it.each([
    ['ExpireAfter', { CacheConfig: { Enabled: true } }],
    ['ExpireAfter', { CacheConfig: { Enabled: true, ExpireAfter: '30' } }],
    ['only one of', { RetryPolicies: [{ ExceptionType: 'Step.THROTTLING', MaxAttempts: 1, ExpireAfterMin: 1 }] }],
    ['ExceptionType', { RetryPolicies: [{ ExceptionType: ['Step.BAD_LUCK'] }] }],
    ['MaxAttempts', { RetryPolicies: [{ ExceptionType: ['Step.THROTTLING'], MaxAttempts: 21 }] }],
    ['IntervalSeconds', { RetryPolicies: [{ ExceptionType: ['Step.THROTTLING'], IntervalSeconds: 43_201 }] }],
    ['ExpireAfterMin', { RetryPolicies: [{ ExceptionType: ['Step.THROTTLING'], ExpireAfterMin: 14_401 }] }],
  ])('is refused for its step: %s', (words, more) => {
    expect(() => requireSoundDefinition(model, definition([{ Name: 'A', Type: 'Processing', ...more }]))).toThrow(
      words,
    );
  });

  it('has retries only where the service retries', () => {
    const RetryPolicies = [{ ExceptionType: ['Step.THROTTLING'] }];
    expect(() => requireSoundDefinition(model, definition([fail('A', { RetryPolicies })]))).toThrow(
      'RetryPolicies are for steps of the types Processing, Training, Model, RegisterModel',
    );
  });

  it('may say that nothing is cached without a time', () => {
    const cached = (CacheConfig: unknown) =>
      plan([{ Name: 'A', Type: 'Processing', CacheConfig }]).steps[0]?.cachedForMs;
    expect(cached({ Enabled: false })).toBeUndefined();
    expect(cached({ Enabled: true, ExpireAfter: 'PT1H' })).toBe(3_600_000);
  });

  it('is taken when all of it leads somewhere', () => {
    const evaluate = {
      Name: 'Evaluate',
      Type: 'Processing',
      PropertyFiles: [{ PropertyFileName: 'Report', OutputName: 'report', FilePath: 'a.json' }],
    };
    const named = {
      Name: 'Named',
      Type: 'Fail',
      Arguments: {
        ErrorMessage: {
          'Std:Join': { Values: [{ Get: 'Steps.Evaluate.ProcessingJobName' }, { Get: 'Execution.PipelineName' }] },
        },
      },
    };
    const steps = [evaluate, left('Steps.Evaluate.PropertyFiles.Report'), named];
    expect(() => requireSoundDefinition(model, definition(steps))).not.toThrow();
  });
});

describe('the next steps of an execution', () => {
  const { steps } = plan([fail('A'), fail('B', { DependsOn: ['A'] }), fail('C')]);
  const names = (seen: PipelineStep[]) => progressOf(steps, seen).ready.map((step) => step.name);

  it('are all that wait for nothing, then those whose predecessors succeeded', () => {
    expect(names([])).toEqual(['A', 'C']);
    expect(names([ran('A', 'Executing'), ran('C', 'Executing')])).toEqual([]);
    expect(names([ran('A', 'Succeeded'), ran('C', 'Executing')])).toEqual(['B']);
  });

  it('are none after a failure, while the others may end', () => {
    expect(progressOf(steps, [ran('A', 'Failed'), ran('C', 'Executing')])).toEqual({
      ready: [],
      running: true,
      failed: true,
    });
    expect(progressOf(steps, [ran('A', 'Succeeded'), ran('C', 'Stopped')])).toMatchObject({ ready: [], failed: true });
  });

  it('follow the outcome of a condition only', () => {
    const branched = plan([gate]).steps;
    const following = (Outcome: 'True' | 'False') =>
      progressOf(branched, [ran('Gate', 'Succeeded', { Condition: { Outcome } })]).ready;
    expect(following('True').map((step) => step.name)).toEqual(['Yes']);
    expect(following('False').map((step) => step.name)).toEqual(['No']);
  });
});
