import { describe } from '@jest/globals';
import { fakeEndpointMetrics } from '../fakes/endpoint-metrics.ts';
import { endpointMetricsContract } from './suites/endpoint-metrics.ts';

describe('fakeEndpointMetrics', () => {
  endpointMetricsContract(async () => {
    const metrics = fakeEndpointMetrics();
    return {
      metrics,
      put: async (endpointName, minutes) => void metrics.minutes.set(endpointName, [...minutes]),
    };
  });
});
