import { planPipeline } from '../../../../local/sagemaker/pipelines/definition.ts';
import { resourceName } from '../../../../local/sagemaker/pipelines/resource-name.ts';

const execution = { id: 'abcdefghijkl' };
const random = '0123456789';

function nameOf(step: string, prefix?: string): string {
  const [planned] = planPipeline(JSON.stringify({ Steps: [{ Name: step, Type: 'Training' }] })).steps;
  return planned === undefined ? '' : resourceName(execution, planned, prefix, random);
}

describe('what the job of a step is called', () => {
  it('tells the execution and the step', () => {
    expect(nameOf('Train_it')).toBe('pipelines-abcdefghijkl-Train-it-0123456789');
  });

  it('begins as the step says, and is another one each time', () => {
    expect(nameOf('Train', 'nightly')).toBe('nightly-abcdefghijkl-0123456789');
  });

  it.each([
    ['a'.repeat(64), undefined],
    ['Train', 'b'.repeat(63)],
  ])('has at most 63 characters', (step, prefix) => {
    expect(nameOf(step, prefix)).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    expect(nameOf(step, prefix)).toHaveLength(63);
  });
});
