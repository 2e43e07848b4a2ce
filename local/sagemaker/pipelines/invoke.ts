import { isRefusal } from '../errors.ts';
import type { World } from '../world.ts';
import { StepFailed } from './step-failed.ts';
import type { ExceptionType } from './step-schema.ts';

/** Calls an operation of the service for a step. @throws StepFailed in the words that the service has for a call that failed */
export function invoke<Answer>(world: Pick<World, 'faults'>, operation: string, call: () => Answer): Answer {
  try {
    world.faults.requireUnthrottled(operation);
    return call();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const blame = isRefusal(error) ? 'ClientError' : 'InternalServerError';
    throw new StepFailed(`${blame}: Failed to invoke sagemaker:${operation}. Error Details: ${message}`, {
      cause: error,
      exception: isRefusal(error) ? exceptionNamed(error.name) : 'Step.SERVICE_FAULT',
    });
  }
}

/** What retry policies call a refused request; most refusals are final. */
function exceptionNamed(name: string): ExceptionType | undefined {
  if (name === 'ResourceLimitExceeded') return 'SageMaker.RESOURCE_LIMIT';
  if (/^Throttling|^TooManyRequests/.test(name)) return 'Step.THROTTLING';
  if (/Capacity/.test(name)) return 'SageMaker.CAPACITY_ERROR';
  return /^Internal|^ServiceUnavailable/.test(name) ? 'Step.SERVICE_FAULT' : undefined;
}

/** What retry policies call the FailureReason of a job. */
export function exceptionInReason(reason: string): ExceptionType | undefined {
  if (/^InternalServerError/.test(reason)) return 'SageMaker.JOB_INTERNAL_ERROR';
  if (/^CapacityError|InsufficientCapacity/.test(reason)) return 'SageMaker.CAPACITY_ERROR';
  return /^ResourceLimitExceeded/.test(reason) ? 'SageMaker.RESOURCE_LIMIT' : undefined;
}
