import * as z from 'zod';
import compiled from '../../.build/onboarding.json' with { type: 'json' };
import { ContractBroken } from '../domain/faults.ts';
import { fillPlaceholders, type StageValues } from '../domain/fill-placeholders.ts';
import { OnboardingRecord } from '../domain/onboarding.ts';
import type { Onboarding } from '../ports/onboarding.ts';

/** The records of `onboarding/*.yaml` as the build compiled them, with the stage's values filled in. */
export function onboardingRecords(stage: StageValues, records: unknown = compiled): Onboarding {
  const { stage: name, accountId, region, rolePath } = stage;
  const parsed = z
    .array(OnboardingRecord)
    .safeParse(fillPlaceholders(records, { stage: name, accountId, region, rolePath }));
  if (!parsed.success) throw new ContractBroken(`An onboarding record is wrong: ${z.prettifyError(parsed.error)}`);
  const known = parsed.data;
  return {
    ofProject: (projectId) => known.find((record) => record.project.id === projectId),
    ofModel: (model) => known.find((record) => record.model === model),
    all: () => known,
  };
}
