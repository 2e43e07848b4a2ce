import { describe } from '@jest/globals';
import { fakeDeployments } from '../fakes/deployments.ts';
import { deploymentsContract } from './suites/deployments.ts';

describe('fakeDeployments', () => {
  deploymentsContract(async () => fakeDeployments());
});
