import type { OnboardingRecord } from '../domain/onboarding.ts';

export type Onboarding = {
  ofProject(projectId: number): OnboardingRecord | undefined;
  ofModel(model: string): OnboardingRecord | undefined;
  all(): readonly OnboardingRecord[];
};
