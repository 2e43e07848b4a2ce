import { matchesWildcard, PatternError, whereFound } from '../match-pattern.ts';
import type { Hook } from '../rows/hooks.ts';

/** Whether a hook wants to hear of a push to the branch; what is no regular expression matches none. */
export function acceptsBranch(
  hook: Pick<Hook, 'push_events_branch_filter' | 'branch_filter_strategy'>,
  branch: string | undefined,
): boolean {
  const filter = hook.push_events_branch_filter;
  if (!branch || !filter || hook.branch_filter_strategy === 'all_branches') return true;
  if (hook.branch_filter_strategy !== 'regex') return matchesWildcard(filter, branch);
  try {
    return whereFound(filter, [branch]).length > 0;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}
