import { describe, expect, it } from '@jest/globals';
import { cancellationReasons, conditionFailed } from '../../../shared/adapters/aws/conditional-failure.ts';
import { asFaults, translateAwsError } from '../../../shared/adapters/aws/translate-error.ts';
import { PermissionRefused, ServiceUnavailable } from '../../../shared/domain/faults.ts';

/** An error as the AWS SDK throws it. */
function sdkError(name: string, members: Record<string, unknown> = {}): Error {
  return Object.assign(new Error(`message of ${name}`), { name, ...members });
}

describe('errors of the AWS SDK', () => {
  it.each([
    sdkError('ThrottlingException', { $metadata: { httpStatusCode: 400 } }),
    sdkError('ProvisionedThroughputExceededException'),
    sdkError('SlowDown', { $metadata: { httpStatusCode: 503 } }),
    sdkError('UnknownError', { $metadata: { httpStatusCode: 500 } }),
    sdkError('TimeoutError'),
    sdkError('Error', { code: 'ECONNRESET' }),
  ])('are a service that is unavailable: %s', (error) => {
    const fault = translateAwsError(error, 'Reading run 1');
    expect(fault).toBeInstanceOf(ServiceUnavailable);
    expect(fault).toMatchObject({
      cause: error,
      message: expect.stringMatching(/^Reading run 1 failed for the moment/),
    });
  });

  it.each([
    sdkError('AccessDeniedException'),
    sdkError('AccessDenied'),
    sdkError('Other', { $metadata: { httpStatusCode: 403 } }),
  ])('are a refused permission: %s', (error) => {
    expect(translateAwsError(error, 'Reading run 1')).toBeInstanceOf(PermissionRefused);
  });

  it('stay what they are where the caller must look at them', async () => {
    for (const error of [
      sdkError('ConditionalCheckFailedException'),
      sdkError('NoSuchKey'),
      sdkError('ValidationException'),
      'a text',
    ]) {
      expect(translateAwsError(error, 'x')).toBe(error);
    }
    const refusal = sdkError('ConditionalCheckFailedException');
    await expect(asFaults('x', () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(conditionFailed(refusal)).toBe(true);
  });

  it('tell which write of a cancelled transaction refused', () => {
    const cancelled = sdkError('TransactionCanceledException', {
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }, {}],
    });
    expect(cancellationReasons(cancelled)).toEqual(['None', 'ConditionalCheckFailed', 'None']);
    expect(cancellationReasons(sdkError('Other'))).toBeUndefined();
  });
});
