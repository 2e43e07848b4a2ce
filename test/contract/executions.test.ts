import { describe } from '@jest/globals';
import { fakeNamedExecutions } from '../fakes/executions.ts';
import { executionsContract } from './suites/executions.ts';

describe('fakeNamedExecutions', () => {
  executionsContract(async () => fakeNamedExecutions());
});
