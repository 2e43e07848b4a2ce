import type { OnboardingRecord } from '../../shared/domain/onboarding.ts';
import type { Onboarding } from '../../shared/ports/onboarding.ts';
import { sampleOnboarding } from './sample-records.ts';

export function fakeOnboarding(...records: OnboardingRecord[]): Onboarding {
  const known = records.length > 0 ? records : [sampleOnboarding()];
  return {
    ofProject: (projectId) => known.find((record) => record.project.id === projectId),
    ofModel: (model) => known.find((record) => record.model === model),
    all: () => known,
  };
}
