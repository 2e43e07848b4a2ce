import { describe } from '@jest/globals';
import { fakeExecutions } from '../fakes/executions.ts';
import { executionsContract } from './suites/executions.ts';

describe('fakeExecutions', () => {
  executionsContract(async () => fakeExecutions());
});
