import { describe } from '@jest/globals';
import { fakeBus } from '../fakes/bus.ts';
import { fakeLatencyReadings } from '../fakes/latency-readings.ts';
import { latencyReadingsContract } from './suites/latency-readings.ts';

describe('fakeLatencyReadings', () => {
  latencyReadingsContract(async () => {
    const bus = fakeBus();
    return { readings: fakeLatencyReadings(bus), bus };
  });
});
