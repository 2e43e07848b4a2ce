import type { CallbackAnswer, PipelineExecution, PipelineStep } from '../state/records.ts';
import type { World } from '../world.ts';
import { callbackMessage, callbackMetadata, tellQueue } from './callback-step.ts';
import { conditionsHold } from './conditions.ts';
import type { PipelinePlan, PlannedStep } from './definition.ts';
import { jobEnded, startJob } from './job-step.ts';
import { callFunction, functionCall } from './lambda-step.ts';
import { makeModel } from './model-step.ts';
import { resolveReferences } from './references.ts';
import { scopeOf } from './scope.ts';
import { StepFailed } from './step-failed.ts';

const LONGEST_REASON = 1024;

/** One attempt of one step, and what it needs of the engine. */
type Attempt = {
  world: World;
  execution: PipelineExecution;
  plan: PipelinePlan;
  planned: PlannedStep;
  /** As it stands: a former run of the server may have begun it. */
  step: PipelineStep;
  /** Records that the step runs, before anybody outside is told. False if the execution was stopped meanwhile. */
  executing: (changes: Pick<PipelineStep, 'metadata' | 'cacheKey'>) => boolean;
  /** The answer that a Callback step waits for. */
  answered: (token: string) => Promise<CallbackAnswer>;
};

/** Runs a step to its end. @throws StepFailed, ReferenceBroken */
export async function runStep(attempt: Attempt): Promise<Partial<PipelineStep>> {
  const { world, execution, plan, planned } = attempt;
  switch (planned.type) {
    case 'Condition': {
      const resolved = await resolveReferences(planned.arguments.Conditions, scopeOf(world, execution, plan));
      return { status: 'Succeeded', metadata: { Condition: { Outcome: conditionsHold(resolved) ? 'True' : 'False' } } };
    }
    case 'Fail': {
      const resolved = await resolveReferences(planned.arguments.ErrorMessage ?? '', scopeOf(world, execution, plan));
      const message = String(resolved);
      return {
        status: 'Failed',
        failureReason: message.slice(0, LONGEST_REASON),
        metadata: { Fail: { ErrorMessage: message } },
      };
    }
    case 'Model':
    case 'RegisterModel': {
      const metadata = attempt.executing({ metadata: {} }) && (await makeModel(world, execution, plan, planned));
      return metadata ? { status: 'Succeeded', metadata } : { status: 'Stopped' };
    }
    case 'Callback':
      return waitForAnswer(attempt);
    case 'Lambda':
      return waitForFunction(attempt);
    default:
      return waitForJob(attempt);
  }
}

async function waitForJob(attempt: Attempt): Promise<Partial<PipelineStep>> {
  const { world, execution, plan, planned, step, executing } = attempt;
  if (Object.keys(step.metadata).length > 0) return { status: await jobEnded(world, step.metadata) };
  const started = await startJob(world, execution, plan, planned);
  if (started.cachedFrom !== undefined) return { ...started, status: 'Succeeded' };
  executing(started);
  return { status: await jobEnded(world, started.metadata) };
}

/** A step that has a token only waits. */
async function waitForAnswer(attempt: Attempt): Promise<Partial<PipelineStep>> {
  const { world, execution, plan, planned, step, executing, answered } = attempt;
  let { metadata } = step;
  if (metadata.Callback === undefined) {
    const message = await callbackMessage(world, execution, plan, planned);
    metadata = callbackMetadata(world, message);
    if (!executing({ metadata })) return { status: 'Stopped' };
    await tellQueue(world, execution, { ...step, metadata }, 'Executing', message.arguments);
  }
  const answer = await answered(metadata.Callback?.CallbackToken ?? '');
  if (answer.outcome === 'failed') return { status: 'Failed', failureReason: answer.reason };
  return { status: 'Succeeded', metadata: { Callback: { ...metadata.Callback, OutputParameters: answer.outputs } } };
}

/** A call that was on its way when the server ended is lost, and whether it had its effect is unknown: it isn't repeated. */
async function waitForFunction(attempt: Attempt): Promise<Partial<PipelineStep>> {
  const { world, execution, plan, planned, step, executing } = attempt;
  if (step.metadata.Lambda !== undefined) {
    throw new StepFailed(
      `InternalServerError: The local SageMaker was restarted while ${step.metadata.Lambda.Arn} ran: its answer is lost.`,
    );
  }
  const call = await functionCall(world, execution, plan, planned);
  if (!executing({ metadata: { Lambda: { Arn: call.functionArn } } })) return { status: 'Stopped' };
  return { status: 'Succeeded', metadata: await callFunction(world, planned, call) };
}
