import { limitsOf, sizeOf } from '../../../../local/sagemaker/containers/limits.ts';

const GIB = 1024 ** 3;

describe('the size of an instance', () => {
  it.each([
    ['ml.m5.large', 2, 8],
    ['ml.m5.2xlarge', 8, 32],
    ['ml.c5.xlarge', 4, 8],
    ['ml.c5.large', 2, 4],
    ['ml.r5.large', 2, 16],
    ['ml.t3.medium', 2, 4],
    ['ml.t3.large', 2, 8],
    ['ml.g4dn.xlarge', 4, 16],
    [undefined, 2, 8],
  ])('%s has %i vCPUs and %i GiB', (type, cpus, gib) => {
    expect(sizeOf(type)).toEqual({ cpus, gib });
  });

  it('is at most what this machine can give', () => {
    const machine = { cpus: 4, memoryBytes: 16 * GIB };
    expect(limitsOf('ml.m5.24xlarge', 30, machine)).toEqual({
      cpus: 4,
      memoryBytes: 12 * GIB,
      largestFileBytes: 30 * GIB,
    });
    expect(limitsOf('ml.t3.medium', 1, machine)).toEqual({ cpus: 2, memoryBytes: 4 * GIB, largestFileBytes: GIB });
  });
});
