import type { OnboardingRecord } from '../domain/onboarding.ts';
import { DEVELOPER, type Memberships, REPORTER } from '../ports/gitlab.ts';

/** Who may silence a case: Developers of the model's project, and members of its on-call and stewards' groups. */
export async function maySilence(
  { project, groups }: OnboardingRecord,
  userId: number,
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>,
): Promise<boolean> {
  if (((await memberships.inProject(project.id, userId)) ?? 0) >= DEVELOPER) return true;
  for (const group of [groups.onCall, groups.stewards])
    if (((await memberships.inGroup(group, userId)) ?? 0) >= REPORTER) return true;
  return false;
}
