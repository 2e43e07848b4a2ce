import { describe } from '@jest/globals';
import { fakeDeployments } from '../fakes/deployments.ts';
import { rollbacksContract } from './suites/rollbacks.ts';

describe('fakeDeployments().rollbacks', () => {
  rollbacksContract(async () => {
    const deployments = fakeDeployments();
    return { deployments, rollbacks: deployments.rollbacks };
  });
});
