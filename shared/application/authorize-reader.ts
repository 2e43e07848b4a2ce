import type { OnboardingRecord } from '../domain/onboarding.ts';
import { type Memberships, REPORTER } from '../ports/gitlab.ts';

/** As what somebody may read a model's pages. */
export type ReaderRole = 'steward' | 'on-call' | 'auditor' | 'project-member';

/**
 * Every page asks: member of the model's project (Reporter or above), or of its stewards', on-call or auditors' group.
 * `undefined` for everybody else, who must not learn that the model exists.
 */
export async function authorizeReader(
  record: OnboardingRecord,
  userId: number,
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>,
): Promise<ReaderRole | undefined> {
  const groups: [ReaderRole, string | undefined][] = [
    ['steward', record.groups.stewards],
    ['on-call', record.groups.onCall],
    ['auditor', record.groups.auditors],
  ];
  for (const [role, group] of groups) {
    if (group !== undefined && mayRead(await memberships.inGroup(group, userId))) return role;
  }
  return mayRead(await memberships.inProject(record.project.id, userId)) ? 'project-member' : undefined;
}

function mayRead(level: number | undefined): boolean {
  return level !== undefined && level >= REPORTER;
}
