import { Faults } from '../../../../local/sagemaker/admin/faults/faults.ts';
import { ResourceLimitExceeded, ValidationException } from '../../../../local/sagemaker/errors.ts';
import { planPipeline } from '../../../../local/sagemaker/pipelines/definition.ts';
import { exceptionInReason, invoke } from '../../../../local/sagemaker/pipelines/invoke.ts';
import { nextTry } from '../../../../local/sagemaker/pipelines/next-try.ts';
import { StepFailed } from '../../../../local/sagemaker/pipelines/step-failed.ts';
import type { ExceptionType } from '../../../../local/sagemaker/pipelines/step-schema.ts';

const startedAt = new Date(0);
const at = (seconds: number) => new Date(seconds * 1000);

function step(...RetryPolicies: unknown[]) {
  const [planned] = planPipeline(JSON.stringify({ Steps: [{ Name: 'A', Type: 'Training', RetryPolicies }] })).steps;
  if (planned === undefined) throw new Error('The plan has no step.');
  return planned;
}

/** The seconds of all tries after the first, if each fails at once with the same exception. */
function tries(planned: ReturnType<typeof step>, exception: ExceptionType | undefined, timeScale = 1): number[] {
  const seconds: number[] = [];
  let retries: Record<string, number> = {};
  let now = at(0);
  for (;;) {
    const next = nextTry(planned, { startedAt, retries }, exception, now, timeScale);
    if (next === undefined || seconds.length > 50) return seconds;
    ({ retries, retryAt: now } = next);
    seconds.push(now.getTime() / 1000);
  }
}

describe('a step that failed', () => {
  it('is tried again after growing waits, as often as its policy says', () => {
    const policy = { ExceptionType: 'SageMaker.CAPACITY_ERROR', IntervalSeconds: 10, BackoffRate: 3, MaxAttempts: 3 };
    expect(tries(step(policy), 'SageMaker.CAPACITY_ERROR')).toEqual([10, 40, 130]);
    expect(tries(step(policy), 'SageMaker.RESOURCE_LIMIT')).toEqual([]);
    expect(tries(step(policy), undefined)).toEqual([]);
  });

  it('is tried five times after 1, 2, 4, 8 and 16 seconds if its policy says no more', () => {
    const policy = { ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR', 'SageMaker.RESOURCE_LIMIT'] };
    expect(tries(step(policy), 'SageMaker.RESOURCE_LIMIT')).toEqual([1, 3, 7, 15, 31]);
  });

  it('is tried as long as its policy says, and not at all if that is 0', () => {
    const policy = { ExceptionType: ['SageMaker.RESOURCE_LIMIT'], IntervalSeconds: 40, BackoffRate: 1 };
    expect(tries(step({ ...policy, ExpireAfterMin: 2 }), 'SageMaker.RESOURCE_LIMIT')).toEqual([40, 80, 120]);
    expect(tries(step({ ...policy, ExpireAfterMin: 0 }), 'SageMaker.RESOURCE_LIMIT')).toEqual([]);
    expect(tries(step({ ...policy, MaxAttempts: 0 }), 'SageMaker.RESOURCE_LIMIT')).toEqual([]);
  });

  it('is tried again by itself after a fault of the service, unless its own policy says otherwise', () => {
    expect(tries(step(), 'Step.SERVICE_FAULT')).toHaveLength(5);
    expect(tries(step(), 'Step.THROTTLING')).toHaveLength(5);
    const never = { ExceptionType: ['Step.SERVICE_FAULT', 'Step.THROTTLING'], MaxAttempts: 0 };
    expect(tries(step(never), 'Step.SERVICE_FAULT')).toEqual([]);
  });

  it('waits no longer than a day, or than its policy holds, however fast its waits grow', () => {
    const policy = { ExceptionType: 'SageMaker.RESOURCE_LIMIT', BackoffRate: 1e300 };
    const day = 24 * 60 * 60;
    expect(tries(step({ ...policy, MaxAttempts: 3 }), 'SageMaker.RESOURCE_LIMIT')).toEqual([1, 1 + day, 1 + 2 * day]);
    expect(tries(step({ ...policy, ExpireAfterMin: 1 }), 'SageMaker.RESOURCE_LIMIT')).toEqual([1, 61]);
    const atOnce = { ...policy, IntervalSeconds: 0, MaxAttempts: 3 };
    expect(tries(step(atOnce), 'SageMaker.RESOURCE_LIMIT')).toEqual([0, 0, 0]);
  });

  it('counts each policy for itself', () => {
    const planned = step(
      { ExceptionType: 'SageMaker.CAPACITY_ERROR', MaxAttempts: 1 },
      { ExceptionType: 'SageMaker.RESOURCE_LIMIT', MaxAttempts: 1 },
    );
    const first = nextTry(planned, { startedAt }, 'SageMaker.CAPACITY_ERROR', at(0), 1);
    expect(nextTry(planned, { startedAt, ...first }, 'SageMaker.CAPACITY_ERROR', at(1), 1)).toBeUndefined();
    expect(nextTry(planned, { startedAt, ...first }, 'SageMaker.RESOURCE_LIMIT', at(1), 1)).toBeDefined();
  });

  it('waits less where the time is scaled', () => {
    const policy = { ExceptionType: 'Step.THROTTLING', IntervalSeconds: 600, BackoffRate: 1, ExpireAfterMin: 25 };
    expect(tries(step(policy), 'Step.THROTTLING', 0.01)).toEqual([6, 12, 18]);
  });
});

describe('what retry policies call a failure', () => {
  it.each([
    ['InternalServerError: We encountered an internal error. Please try again.', 'SageMaker.JOB_INTERNAL_ERROR'],
    ['CapacityError: Unable to provision requested ML compute capacity.', 'SageMaker.CAPACITY_ERROR'],
    ['ResourceLimitExceeded: The account-level service limit is 0 Instances', 'SageMaker.RESOURCE_LIMIT'],
    ['AlgorithmError: ExecuteUserScriptError: InternalServerError in my script', undefined],
  ])('follows from the reason of the job: %s', (reason, exception) => {
    expect(exceptionInReason(reason)).toBe(exception);
  });

  const newFaults = () => new Faults(() => 'f1');
  const refused = (error: unknown, faults = newFaults()) => {
    try {
      invoke({ faults }, 'CreateTrainingJob', () => {
        throw error;
      });
    } catch (failed) {
      return failed instanceof StepFailed ? [failed.exception, failed.message] : [];
    }
    return [];
  };

  it('follows from the refusal of the call', () => {
    const words = 'Failed to invoke sagemaker:CreateTrainingJob. Error Details: no';
    expect(refused(new ResourceLimitExceeded('no'))).toEqual(['SageMaker.RESOURCE_LIMIT', `ClientError: ${words}`]);
    expect(refused(new ValidationException('no'))).toEqual([undefined, `ClientError: ${words}`]);
    expect(refused(new Error('no'))).toEqual(['Step.SERVICE_FAULT', `InternalServerError: ${words}`]);
    const throttled = newFaults();
    throttled.add({ kind: 'throttle', operation: 'CreateTrainingJob', times: 1 });
    expect(refused(new Error('no'), throttled)).toEqual(['Step.THROTTLING', expect.stringContaining('Rate exceeded')]);
  });
});
