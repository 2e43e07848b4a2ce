import { describe, expect, it } from '@jest/globals';
import { describeFault } from '../../../shared/domain/describe-fault.ts';
import { RunEnd } from '../../../shared/domain/run-end.ts';

describe('what a fault says', () => {
  it('is the sentence that the function threw, with the step and the environment', () => {
    const cause = JSON.stringify({ errorType: 'PermissionRefused', errorMessage: 'A grant is missing.', trace: [] });
    const end = { reasons: [], environment: 'qa', fault: { state: 'VerifyRelease', name: 'PermissionRefused', cause } };
    expect(describeFault(end)).toEqual(['PermissionRefused: A grant is missing. (step VerifyRelease in qa)']);
  });

  it('is read from a cause that the workflow had to cut', () => {
    const cause = '{"errorMessage": "A \\"grant\\" is missing.", "errorType": "X", "trace": ["at som';
    expect(describeFault({ reasons: [], fault: { name: 'X', cause } })).toEqual(['X: A \\"grant\\" is missing.']);
  });

  it('is the cause as it stands where a token was failed by hand', () => {
    expect(describeFault({ reasons: ['before'], fault: { name: 'States.Timeout', cause: '' } })).toEqual([
      'States.Timeout: no cause was given.',
      'before',
    ]);
  });

  it('takes the end of a run as JSONata leaves it', () => {
    expect(RunEnd.parse({ outcome: 'failed', reasons: 'only one' }).reasons).toEqual(['only one']);
    expect(RunEnd.parse({ outcome: 'live' }).reasons).toEqual([]);
    expect(RunEnd.parse({ outcome: 'faulted', fault: { name: 'X' } }).fault).toEqual({ name: 'X', cause: '' });
  });
});
