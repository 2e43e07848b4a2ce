import { stepChanged } from '../../../../local/sagemaker/events/pipeline-events.ts';
import type { PipelineExecution, PipelineStep } from '../../../../local/sagemaker/state/records.ts';

const at = new Date('2026-01-02T03:04:05.678Z');
const execution: PipelineExecution = {
  id: 'abc',
  arn: 'arn:p/execution/abc',
  pipelineName: 'p',
  pipelineArn: 'arn:p',
  versionId: 1,
  definition: '',
  roleArn: '',
  parameters: [],
  status: 'Executing',
  createdAt: at,
  modifiedAt: at,
  startToken: '',
  retryTokens: [],
  steps: [],
  formerAttempts: {},
};

function told(type: string, step: Partial<PipelineStep>): unknown {
  const whole: PipelineStep = {
    name: 'A',
    type,
    status: 'Succeeded',
    startedAt: at,
    metadata: {},
    attempt: 1,
    ...step,
  };
  return stepChanged(execution, whole, 'Executing', at).detail;
}

describe('the event of a step', () => {
  it('tells what a Lambda step called and brought', () => {
    const metadata = { Lambda: { Arn: 'arn:function', OutputParameters: [{ Name: 'rows', Value: '3' }] } };
    expect(told('Lambda', { metadata, endedAt: at })).toMatchObject({
      stepName: 'A',
      stepType: 'Lambda',
      currentStepStatus: 'Succeeded',
      previousStepStatus: 'Executing',
      stepStartTime: '2026-01-02T03:04:05Z',
      stepEndTime: '2026-01-02T03:04:05Z',
      pipelineArn: 'arn:p',
      pipelineExecutionArn: 'arn:p/execution/abc',
      metadata: { lambda: { arn: 'arn:function', outputParameters: [{ name: 'rows', value: '3' }] } },
    });
  });

  it('tells what was registered', () => {
    expect(told('RegisterModel', { metadata: { RegisterModel: { Arn: 'arn:package' } } })).toMatchObject({
      stepType: 'RegisterModel',
      metadata: { registerModel: { arn: 'arn:package' } },
    });
  });

  it('tells whose results were found in the cache', () => {
    expect(told('Training', { cachedFrom: 'arn:p/execution/former' })).toMatchObject({
      cacheHitResult: { sourcePipelineExecutionArn: 'arn:p/execution/former' },
    });
    expect(JSON.stringify(told('Training', {}))).not.toContain('cacheHitResult');
  });
});
