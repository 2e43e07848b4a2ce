import type { OnboardingRecord } from '../../../shared/domain/onboarding.ts';
import { Policy } from '../../../shared/domain/policy.ts';

/** A policy that keeps every floor of `sampleRecord`. */
export function samplePolicy(changes: Record<string, unknown> = {}): Policy {
  return Policy.parse({
    apiVersion: 'mlops/v1',
    model: 'flight-delays',
    data: [{ name: 'flights', uri: 's3://mlops-data-test/flight-delays/2013/' }],
    pipeline: {},
    evaluation: {
      gates: [
        { metric: 'binary_classification_metrics.auc.value', min: 0.7 },
        { metric: 'slices.origin.*.auc', min: 0.65, minRows: 500 },
        { metric: 'binary_classification_metrics.auc.value', versus: 'champion', maxRegression: 0.01 },
      ],
    },
    approval: { stewards: { group: 'ml-stewards' } },
    environments: ['dev', 'qa', 'prod'].map((name) => ({ name, instanceType: 'ml.m5.large' })),
    smokeTest: {},
    ...changes,
  });
}

export const sampleRecord: OnboardingRecord = {
  model: 'flight-delays',
  project: { id: 17, path: 'ml/flight-delays' },
  allowedRefs: ['main'],
  groups: { stewards: 'ml-stewards', onCall: 'ml-on-call' },
  roles: {
    pipeline: 'arn:aws:iam::111122223333:role/pipeline',
    training: 'arn:aws:iam::111122223333:role/training',
    serving: 'arn:aws:iam::111122223333:role/serving',
  },
  images: { processing: 'p', training: 't', inference: 'i' },
  dataLocations: ['s3://mlops-data-test/flight-delays/'],
  floors: {
    gates: [
      { metric: 'binary_classification_metrics.auc.value', min: 0.65 },
      { metric: 'slices.origin.*.auc', min: 0.6 },
      { metric: 'binary_classification_metrics.auc.value', versus: 'champion', maxRegression: 0.02, better: 'higher' },
    ],
    fourEyes: true,
    quorum: 1,
    environments: ['dev', 'qa', 'prod'],
    capture: [],
  },
};
