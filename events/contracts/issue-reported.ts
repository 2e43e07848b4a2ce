import * as z from 'zod';
import { Timestamp } from '../../shared/domain/identifiers.ts';
import type { GitlabIssueHook } from './gitlab-issue-hook.ts';

/** `IssueReported.v1`: GitLab has told that an issue was closed or reopened. Who did it, and how it stands now, is asked of GitLab. */
export const IssueReported = z.object({
  deliveryId: z.string(),
  occurredAt: Timestamp,
  projectId: z.number().int(),
  iid: z.number().int(),
  action: z.enum(['close', 'reopen']),
});
export type IssueReported = z.infer<typeof IssueReported>;

/** What is kept of an issue hook; `undefined` where the issue was neither closed nor reopened. */
export function issueReportedOf(
  { object_attributes: issue, project }: GitlabIssueHook,
  deliveryId: string,
  occurredAt: string,
): IssueReported | undefined {
  const { iid, action } = issue;
  if (action !== 'close' && action !== 'reopen') return undefined;
  return { deliveryId, occurredAt, projectId: project.id, iid, action };
}
