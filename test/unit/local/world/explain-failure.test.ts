import { describe, expect, it } from '@jest/globals';
import { explainFailure } from '../../../../local/world/explain-failure.ts';

describe('a failure of the machine', () => {
  it('is told with its place and with what to do', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device'), {
      code: 'ENOSPC',
      path: '/home/dana/.local/run.json',
    });
    expect(explainFailure(error)).toBe(
      'Writing failed at /home/dana/.local/run.json: the disk is full: make room, then start again.',
    );
  });

  it('is not made of a fault of the program', () => {
    expect(explainFailure(new TypeError('undefined is not a function'))).toBeUndefined();
  });
});
