import type { OnboardingRecord } from '../domain/onboarding.ts';
import { DEVELOPER, MAINTAINER, type Memberships } from '../ports/gitlab.ts';
import { authorizeReader } from './authorize-reader.ts';

type Asked = Pick<Memberships, 'inGroup' | 'inProject'>;

/** Who may roll an environment back and release it: Maintainers of the model's project, and members of its on-call group. */
export async function mayOperate(record: OnboardingRecord, userId: number, memberships: Asked): Promise<boolean> {
  if (((await memberships.inProject(record.project.id, userId)) ?? 0) >= MAINTAINER) return true;
  return ((await memberships.inGroup(record.groups.onCall, userId)) ?? 0) >= DEVELOPER;
}

export type Authorization =
  | { outcome: 'allowed' }
  /** Who may not read the model's pages must not learn that it exists. */
  | { outcome: 'unknown' }
  | { outcome: 'not-allowed'; why: string };

export async function authorizeOperator(
  record: OnboardingRecord | undefined,
  userId: number,
  memberships: Asked,
): Promise<Authorization> {
  if (record === undefined || (await authorizeReader(record, userId, memberships)) === undefined)
    return { outcome: 'unknown' };
  if (await mayOperate(record, userId, memberships)) return { outcome: 'allowed' };
  const why = `Only Maintainers of ${record.project.path} and members of ${record.groups.onCall} roll back and release. Ask one of them.`;
  return { outcome: 'not-allowed', why };
}
