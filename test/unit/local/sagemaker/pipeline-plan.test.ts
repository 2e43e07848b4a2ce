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
    ["type 'Between' is unknown", definition([compared([{ Type: 'Not', Condition: { Type: 'Between' } }])])],
    ['needs a list of Conditions', definition([compared('all')])],
    ['has the type Integer', definition([fail('A')], [{ Name: 'P', Type: 'Integer', DefaultValue: 'many' }])],
    ['needs an SqsQueueUrl', definition([{ Name: 'A', Type: 'Callback' }])],
  ])('is refused in words: %s', (words, text) => {
    expect(() => requireSoundDefinition(text)).toThrow(words);
  });

  it('is taken when all of it leads somewhere', () => {
    const evaluate = {
      Name: 'Evaluate',
      Type: 'Processing',
      PropertyFiles: [{ PropertyFileName: 'Report', OutputName: 'report', FilePath: 'a.json' }],
    };
    const steps = [evaluate, left('Steps.Evaluate.PropertyFiles.Report')];
    expect(() => requireSoundDefinition(definition(steps))).not.toThrow();
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
