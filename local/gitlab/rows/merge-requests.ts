import * as z from 'zod';
import { id, maybeTime, time } from './columns.ts';

export const MergeRequest = z.object({
  id,
  iid: id,
  project_id: id,
  author_id: id,
  title: z.string(),
  description: z.string().nullable(),
  state: z.enum(['opened', 'closed', 'merged', 'locked']),
  source_branch: z.string(),
  target_branch: z.string(),
  sha: z.string(),
  labels: z.array(z.string()),
  assignee_ids: z.array(id),
  reviewer_ids: z.array(id).default([]),
  approvals: z.array(z.object({ user_id: id, approved_at: time })).default([]),
  squash: z.boolean().default(false),
  force_remove_source_branch: z.boolean().default(false),
  /** Whom the merge waits for when it is to happen as soon as the pipeline succeeds. */
  auto_merge_user_id: id.nullable().default(null),
  closed_by_id: id.nullable().default(null),
  merge_user_id: id.nullable(),
  merged_at: maybeTime,
  merge_commit_sha: z.string().nullable(),
  squash_commit_sha: z.string().nullable().default(null),
  commit_shas: z.array(z.string()),
  created_at: time,
  updated_at: time,
  closed_at: maybeTime,
  /** Why the last rebase or merge did not come about. */
  merge_error: z.string().nullable().optional(),
  /** Seconds of work. */
  time_estimate: z.int().optional(),
  time_spent: z.int().optional(),
  /** Who subscribed or unsubscribed, by id; for others it counts whether they take part. */
  subscriptions: z.record(z.string(), z.boolean()).optional(),
  discussion_locked: z.boolean().nullable().optional(),
});
export type MergeRequest = z.infer<typeof MergeRequest>;
