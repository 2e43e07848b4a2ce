import { describe } from '@jest/globals';
import { fakeReviews } from '../fakes/reviews.ts';
import { fakeRuns } from '../fakes/runs.ts';
import { reviewsContract } from './suites/reviews.ts';

describe('fakeReviews', () => {
  reviewsContract(async () => {
    const runs = fakeRuns();
    return { reviews: fakeReviews(runs), runs };
  });
});
