import type { PipelineExecution, PipelineStep } from '../state/records.ts';
import type { World } from '../world.ts';
import type { PipelinePlan, PlannedStep } from './definition.ts';
import { resolveReferences } from './references.ts';
import { scopeOf } from './scope.ts';
import { StepFailed } from './step-failed.ts';

const TOKEN_LENGTH = 10;

type Message = { queueUrl: string; arguments: unknown };

/** What a Callback step tells its queue, references resolved. */
export async function callbackMessage(
  world: World,
  execution: PipelineExecution,
  plan: PipelinePlan,
  step: PlannedStep,
): Promise<Message> {
  const scope = scopeOf(world, execution, plan);
  const queueUrl = await resolveReferences(step.target, scope);
  return { queueUrl: String(queueUrl), arguments: await resolveReferences(step.arguments, scope) };
}

export function callbackMetadata(world: World, { queueUrl }: Message): PipelineStep['metadata'] {
  return { Callback: { CallbackToken: world.newId(TOKEN_LENGTH), SqsQueueUrl: queueUrl } };
}

/** The message of a step that runs, and once more, as `Stopping`, when its execution is being stopped. @throws StepFailed */
export async function tellQueue(
  world: World,
  execution: PipelineExecution,
  { metadata }: PipelineStep,
  status: 'Executing' | 'Stopping',
  given: unknown,
): Promise<void> {
  const { CallbackToken: token, SqsQueueUrl: queueUrl = '' } = metadata.Callback ?? {};
  try {
    await world.queues.send(queueUrl, {
      token,
      pipelineExecutionArn: execution.arn,
      arguments: given ?? {},
      status,
    });
  } catch (error) {
    throw new StepFailed(`ClientError: The message could not be sent to ${queueUrl}. ${String(error)}`, {
      cause: error,
    });
  }
}
