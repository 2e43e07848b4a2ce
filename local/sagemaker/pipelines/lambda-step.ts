import { isFields } from '../api/check-request.ts';
import type { PipelineExecution, PipelineStep } from '../state/records.ts';
import type { World } from '../world.ts';
import type { PipelinePlan, PlannedStep } from './definition.ts';
import { resolveReferences } from './references.ts';
import { scopeOf } from './scope.ts';
import { StepFailed } from './step-failed.ts';
import { outputsIn } from './step-outputs.ts';

/** The service waits for a function no longer. */
const LONGEST_CALL_MS = 600_000;

type Call = { functionArn: string; payload: unknown };

/** What a Lambda step calls, and with what; references resolved. */
export async function functionCall(
  world: World,
  execution: PipelineExecution,
  plan: PipelinePlan,
  step: PlannedStep,
): Promise<Call> {
  const scope = scopeOf(world, execution, plan);
  const functionArn = String(await resolveReferences(step.target, scope));
  return { functionArn, payload: await resolveReferences(step.arguments, scope) };
}

/** Calls the function and takes the step's outputs from its answer. @throws StepFailed */
export async function callFunction(
  world: World,
  step: PlannedStep,
  { functionArn, payload }: Call,
): Promise<PipelineStep['metadata']> {
  const limit = AbortSignal.timeout(LONGEST_CALL_MS);
  let answer: Awaited<ReturnType<World['functions']['call']>>;
  try {
    answer = await world.functions.call(functionArn, payload, limit);
  } catch (error) {
    if (limit.aborted) throw timedOut(functionArn, `${LONGEST_CALL_MS / 1000} seconds`);
    const message = error instanceof Error ? error.message : String(error);
    throw new StepFailed(`ClientError: Failed to invoke lambda:Invoke. Error Details: ${message}`, { cause: error });
  }
  const document = parsed(answer.payload);
  if (answer.failed) throw functionFailed(functionArn, document);
  return { Lambda: { Arn: functionArn, OutputParameters: outputsIn(step, document) } };
}

function functionFailed(functionArn: string, document: unknown): StepFailed {
  const { errorType = 'Error', errorMessage = '' } = isFields(document) ? document : { errorMessage: document };
  if (/timed out/i.test(String(errorMessage))) return timedOut(functionArn, 'its timeout');
  return new StepFailed(`ClientError: The Lambda function ${functionArn} failed. ${errorType}: ${errorMessage}`);
}

function timedOut(functionArn: string, limit: string): StepFailed {
  return new StepFailed(`ClientError: The Lambda function ${functionArn} ran longer than ${limit}.`, {
    timedOut: true,
  });
}

/** An answer that is no JSON has no outputs. */
function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload === '' ? 'null' : payload);
  } catch {
    return payload;
  }
}
