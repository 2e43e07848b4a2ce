import { oneLine } from '../../../shared/adapters/sagemaker/one-line.ts';

describe('a description for SageMaker', () => {
  it("has a steward's lines in one line", () => {
    expect(oneLine('Too weak:\r\n\n  the night flights.\n')).toBe('Too weak: the night flights.');
  });

  it('is not longer than SageMaker takes it', () => {
    expect(oneLine('a'.repeat(2000))).toHaveLength(1024);
  });
});
