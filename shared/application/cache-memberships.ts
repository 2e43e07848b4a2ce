import type { AccessLevel, Memberships } from '../ports/gitlab.ts';

/** How long a page may show what somebody was just removed from. Decisions ask GitLab each time. */
const CACHE_MILLISECONDS = 60_000;
const MAX_ENTRIES = 5_000;

type Kept = { answer: Promise<AccessLevel | undefined>; until: number };

/** Memberships for reading pages, kept in memory for a minute. Failures are not kept. */
export function cacheMemberships(
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>,
  nowMilliseconds: () => number,
): Pick<Memberships, 'inGroup' | 'inProject'> {
  const kept = new Map<string, Kept>();

  const remember = (key: string, ask: () => Promise<AccessLevel | undefined>) => {
    const now = nowMilliseconds();
    const known = kept.get(key);
    if (known !== undefined && known.until > now) return known.answer;
    if (kept.size >= MAX_ENTRIES) kept.clear();
    const answer = ask();
    kept.set(key, { answer, until: now + CACHE_MILLISECONDS });
    answer.catch(() => kept.delete(key));
    return answer;
  };

  return {
    inGroup: (group, userId) => remember(`group/${group}/${userId}`, () => memberships.inGroup(group, userId)),
    inProject: (projectId, userId) =>
      remember(`project/${projectId}/${userId}`, () => memberships.inProject(projectId, userId)),
  };
}
