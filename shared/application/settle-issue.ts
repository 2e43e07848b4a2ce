import type { IssueReported } from '../../events/contracts/issue-reported.ts';
import { closeByPerson } from '../domain/case-changes.ts';
import { caseMarkerOf } from '../domain/write-case.ts';
import type { Cases } from '../ports/cases.ts';
import type { IssueThreads } from '../ports/gitlab.ts';

export type SettleIssueDeps = {
  cases: Pick<Cases, 'ofIssue' | 'change'>;
  threads: Pick<IssueThreads, 'find' | 'noteOnce' | 'self'>;
  now: () => string;
};

export type SettledIssue = 'no-case' | 'closed' | 'reopened' | 'nothing-new';

/** A closed case is never taken up again: two of one subject could be open then. */
const STAYS_CLOSED =
  'The case of this issue is closed and stays so: nothing that is seen from now on is written here. The next breach opens a case, and an issue, of its own.';

/**
 * A person who closes the issue closes the case. Our own closing finds the case closed, because that comes first. Who reopens it
 * is told that this brings nothing back.
 */
export async function settleIssue(
  { projectId, iid, deliveryId }: IssueReported,
  { cases, threads, now }: SettleIssueDeps,
): Promise<SettledIssue> {
  const current = await cases.ofIssue(projectId, iid);
  if (current === undefined) return 'no-case';
  const issue = await threads.find(projectId, iid);
  if (issue?.state === 'opened' && current.status === 'closed' && hasClosedIssue(current)) {
    await threads.noteOnce(projectId, iid, {
      marker: caseMarkerOf(current, `reopened-${deliveryId}`),
      body: STAYS_CLOSED,
    });
    return 'reopened';
  }
  if (issue?.state !== 'closed' || current.status === 'closed') return 'nothing-new';
  const closer = issue.closedBy ?? (await threads.self());
  await cases.change(current, (latest) => closeByPerson(latest, closer, now()));
  return 'closed';
}

/** Between the end of a case and the closing of its issue the issue is open, and nobody has reopened it. */
function hasClosedIssue({
  closedBy,
  issueClosedAt,
}: {
  closedBy?: { kind: string } | undefined;
  issueClosedAt?: string | undefined;
}) {
  return closedBy?.kind === 'person' || issueClosedAt !== undefined;
}
