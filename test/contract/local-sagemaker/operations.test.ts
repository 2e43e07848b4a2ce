import { readFileSync } from 'node:fs';
import { dispatch } from '../../../local/sagemaker/api/dispatch.ts';
import { operations, runtimeOperations, storedOnly } from '../../../local/sagemaker/api/operations.ts';
import { withOperations } from '../../../local/sagemaker/api/operations-table.ts';
import { UnknownOperationException } from '../../../local/sagemaker/errors.ts';
import { apiModel, runtimeModel } from './service-models.ts';

const guide = readFileSync(new URL('../../../docs/guides/local-sagemaker.md', import.meta.url), 'utf8');
const absent = apiModel.operations.filter((name) => !Object.hasOwn(operations, name));

describe('the operations of SageMaker', () => {
  it('stand in the guide by kind, as the code has them (npm run docs:sagemaker)', () => {
    expect(withOperations(guide, apiModel, runtimeModel)).toBe(guide);
  });

  it('are known to the service model under the names that the code uses', () => {
    expect([...Object.keys(operations), ...storedOnly].filter((name) => !apiModel.has(name))).toEqual([]);
    expect([...runtimeOperations].filter((name) => !runtimeModel.has(name))).toEqual([]);
  });

  it('that are not here are refused by their name, before anything of the request is looked at', async () => {
    expect(absent.length).toBeGreaterThan(300);
    for (const name of absent) {
      // A world that knows the service model and nothing else: an absent operation touches no state.
      const refused = dispatch({ model: apiModel } as never, name, 'not json');
      await expect(refused).rejects.toThrow(UnknownOperationException);
      await expect(refused).rejects.toThrow(`The operation ${name} is not offered`);
    }
  });
});
