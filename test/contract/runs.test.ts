import { describe } from '@jest/globals';
import { fakeRuns } from '../fakes/runs.ts';
import { runsContract } from './suites/runs.ts';

describe('fakeRuns and fakeTimeline', () => {
  runsContract(async () => {
    const runs = fakeRuns();
    return { runs, timeline: runs.timeline };
  });
});
