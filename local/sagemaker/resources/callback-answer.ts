import type {
  SendPipelineExecutionStepFailureRequest,
  SendPipelineExecutionStepSuccessRequest,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { ConflictException, ResourceNotFound } from '../errors.ts';
import { planOf } from '../pipelines/plan-of.ts';
import { requireDeclared } from '../pipelines/step-outputs.ts';
import type { CallbackAnswer, PipelineExecution, PipelineStep } from '../state/records.ts';
import type { World } from '../world.ts';

type ExecutionArn = { PipelineExecutionArn: string };

/** Ends a Callback step with the outputs that it declares. */
export function sendPipelineExecutionStepSuccess(
  world: World,
  request: Checked<SendPipelineExecutionStepSuccessRequest>,
): ExecutionArn {
  const { execution, step } = waitingFor(world, request.CallbackToken);
  const outputs = request.OutputParameters ?? [];
  const planned = planOf(execution.definition).steps.find((each) => each.name === step.name);
  requireDeclared(planned, outputs);
  return answer(world, execution, step, { outcome: 'succeeded', outputs }, request.ClientRequestToken);
}

/** Ends a Callback step as Failed, with the reason given. */
export function sendPipelineExecutionStepFailure(
  world: World,
  request: Checked<SendPipelineExecutionStepFailureRequest>,
): ExecutionArn {
  const { execution, step } = waitingFor(world, request.CallbackToken);
  const reason = request.FailureReason ?? '';
  return answer(world, execution, step, { outcome: 'failed', reason }, request.ClientRequestToken);
}

/** The same answer with the same request token counts once; any other after the first is a conflict. */
function answer(
  world: World,
  execution: PipelineExecution,
  step: PipelineStep,
  given: CallbackAnswer,
  requestToken: string | undefined,
): ExecutionArn {
  const answered = { ...given, ...(requestToken === undefined ? {} : { requestToken }) };
  if (step.answer === undefined) world.executions.answer(execution, step, answered);
  else if (requestToken === undefined || JSON.stringify(step.answer) !== JSON.stringify(answered)) {
    throw new ConflictException(`The step ${step.name} of ${execution.arn} has been answered already.`);
  }
  return { PipelineExecutionArn: execution.arn };
}

function waitingFor(world: World, token: string): { execution: PipelineExecution; step: PipelineStep } {
  for (const execution of world.store.executions.all()) {
    const step = execution.steps.find(
      (each) => each.takenFrom === undefined && each.metadata.Callback?.CallbackToken === token,
    );
    if (step !== undefined) return { execution, step };
  }
  throw new ResourceNotFound(`No step waits for the callback token '${token}'.`);
}
