import { redact } from './redact.ts';
import { cut } from './run-end.ts';

/** The part of a pipeline execution that tells how it ended; `PipelineExecution` of ports/sagemaker.ts has it. */
type Execution = {
  status: 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded';
  failureReason?: string;
  steps: readonly ExecutedStep[];
};
type ExecutedStep = { name: string; type: string; status: string; failureReason?: string; jobArn?: string };

export type TrainingAssessment =
  | { state: 'running' }
  | { state: 'trained'; trainingJobArn: string }
  /** The author's to mend: their script, their definition, their own limit. */
  | { state: 'failed'; sentence: string; jobArn?: string }
  /** The platform's to mend: capacity, quota, permission, SageMaker itself, or a person stopped it. */
  | { state: 'faulted'; sentence: string };

const OF_THE_SCRIPT = /AlgorithmError|ExecuteUserScriptError/i;
const RAN_TOO_LONG = /MaxRuntimeExceeded|MaxRuntimeInSeconds|maximum runtime/i;
const OF_CAPACITY =
  /CapacityError|InsufficientCapacity|Insufficient.*capacity|ResourceLimitExceeded|LimitExceeded|service limit|quota|throttl/i;
const OF_PERMISSION = /AccessDenied|not authorized|UnauthorizedOperation|Forbidden|permission/i;
const OF_THE_DEFINITION = /ClientError|ValidationException/i;

/**
 * How a pipeline execution ended, and whose it is to mend. The order of the questions matters: a script may print any words,
 * so a failure of the script is told first, by the words with which SageMaker begins its reason.
 */
export function assessTraining(execution: Execution): TrainingAssessment {
  if (execution.status === 'Executing' || execution.status === 'Stopping') return { state: 'running' };
  if (execution.status === 'Succeeded') return assessSuccess(execution);
  const culprit =
    execution.steps.find(({ status }) => status === 'Failed') ??
    execution.steps.find(({ status }) => status === 'Stopped');
  const reason = culprit?.failureReason ?? execution.failureReason ?? '';
  const sentence = describeFailure(execution.status, culprit, reason);
  if (isOfTheAuthor(culprit, reason)) {
    return { state: 'failed', sentence, ...(culprit?.jobArn !== undefined && { jobArn: culprit.jobArn }) };
  }
  return { state: 'faulted', sentence };
}

function assessSuccess(execution: Execution): TrainingAssessment {
  const training = execution.steps.find(({ type, status }) => type === 'Training' && status === 'Succeeded');
  if (training?.jobArn !== undefined) return { state: 'trained', trainingJobArn: training.jobArn };
  return {
    state: 'failed',
    sentence:
      'The pipeline succeeded without training: no step of type Training ran. Look at its conditions in pipeline.json.',
  };
}

function isOfTheAuthor(step: ExecutedStep | undefined, reason: string): boolean {
  if (OF_THE_SCRIPT.test(reason) || RAN_TOO_LONG.test(reason)) return true;
  if (step?.type === 'Fail' || step?.type === 'Condition') return true;
  if (OF_CAPACITY.test(reason) || OF_PERMISSION.test(reason)) return false;
  return OF_THE_DEFINITION.test(reason);
}

function describeFailure(status: string, step: ExecutedStep | undefined, reason: string): string {
  const what = step === undefined ? 'The pipeline' : `Step ${step.name} (${step.type})`;
  const told = reason === '' ? 'SageMaker gives no reason' : cut(redact(reason.replaceAll(/\s+/g, ' ').trim()), 700);
  return `${what} ${status === 'Stopped' ? 'was stopped' : 'failed'}: ${told}`;
}
