import { planPipeline } from '../../../../local/sagemaker/pipelines/definition.ts';
import { selectedSteps, stepsTakenOver } from '../../../../local/sagemaker/pipelines/selection.ts';
import type { PipelineExecution, PipelineStep } from '../../../../local/sagemaker/state/records.ts';

const step = (Name: string, ...DependsOn: string[]) => ({ Name, Type: 'Processing', DependsOn, Arguments: {} });
const { steps } = planPipeline(
  JSON.stringify({ Steps: [step('A'), step('B', 'A'), step('C', 'B'), step('Aside'), step('D', 'C', 'Aside')] }),
);
const select = (...names: string[]) => ({ SelectedSteps: names.map((StepName) => ({ StepName })) });

function ran(name: string, status: PipelineStep['status'] = 'Succeeded'): PipelineStep {
  return { name, type: 'Processing', status, startedAt: new Date(0), metadata: {}, attempt: 1 };
}

function source(...ranSteps: PipelineStep[]): PipelineExecution {
  return {
    id: 'source',
    arn: 'arn:source',
    pipelineName: 'p',
    pipelineArn: 'arn:p',
    versionId: 1,
    definition: '',
    roleArn: '',
    parameters: [],
    status: 'Failed',
    createdAt: new Date(0),
    modifiedAt: new Date(0),
    startToken: '',
    retryTokens: [],
    steps: ranSteps,
    formerAttempts: {},
  };
}

describe('a selection of steps', () => {
  it('runs these alone', () => {
    expect(selectedSteps(steps, select('B', 'C')).map(({ name }) => name)).toEqual(['B', 'C']);
    expect(selectedSteps(steps, undefined)).toHaveLength(5);
  });

  it('takes over what succeeded in its source, and says from where it first came', () => {
    const former = source({ ...ran('A'), takenFrom: 'arn:older' }, ran('B', 'Failed'), ran('Aside'));
    expect(
      stepsTakenOver(steps, select('B', 'C', 'D'), former).map(({ name, takenFrom }) => [name, takenFrom]),
    ).toEqual([
      ['A', 'arn:older'],
      ['Aside', 'arn:source'],
    ]);
  });

  it('takes nothing over that comes after it', () => {
    const former = source(ran('A'), ran('B'), ran('C'), ran('Aside'), ran('D'));
    expect(stepsTakenOver(steps, select('B'), former).map(({ name }) => name)).toEqual(['A', 'Aside']);
  });

  it('needs no source when its steps need nothing else', () => {
    expect(stepsTakenOver(steps, select('A', 'B'), undefined)).toEqual([]);
  });

  it.each([
    ['is no step', select('E'), undefined],
    ["'B' stands between", select('A', 'C'), source(ran('B'))],
    ["depends on 'Aside'", select('D'), source(ran('C'), ran('Aside', 'Failed'))],
  ])('is refused: %s', (words, selection, former) => {
    expect(() => stepsTakenOver(steps, selection, former)).toThrow(words);
  });
});
