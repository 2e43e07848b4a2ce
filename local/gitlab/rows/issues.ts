import * as z from 'zod';
import { id, maybeTime, time } from './columns.ts';

export const Issue = z.object({
  id,
  iid: id,
  project_id: id,
  author_id: id,
  title: z.string(),
  description: z.string().nullable(),
  state: z.enum(['opened', 'closed']),
  labels: z.array(z.string()),
  assignee_ids: z.array(id),
  confidential: z.boolean(),
  due_date: z.string().nullable(),
  created_at: time,
  updated_at: time,
  closed_at: maybeTime,
  closed_by_id: id.nullable(),
  /** The issue that it became in another project. */
  moved_to_id: id.nullable().optional(),
  /** Seconds of work. */
  time_estimate: z.int().optional(),
  time_spent: z.int().optional(),
  /** Who subscribed or unsubscribed, by id; for others it counts whether they take part. */
  subscriptions: z.record(z.string(), z.boolean()).optional(),
  discussion_locked: z.boolean().nullable().optional(),
});
export type Issue = z.infer<typeof Issue>;

/** Two issues that belong together; `blocks` runs from the source to the target. */
export const IssueLink = z.object({
  id,
  project_id: id,
  source_id: id,
  target_id: id,
  link_type: z.enum(['relates_to', 'blocks']),
  created_at: time,
  updated_at: time,
});
export type IssueLink = z.infer<typeof IssueLink>;

/** That somebody put a label on, or took one off. */
export const LabelEvent = z.object({
  id,
  project_id: id,
  noteable_type: z.enum(['Issue', 'MergeRequest']),
  noteable_id: id,
  user_id: id,
  label: z.string(),
  action: z.enum(['add', 'remove']),
  created_at: time,
});
export type LabelEvent = z.infer<typeof LabelEvent>;

export const Note = z.object({
  id,
  project_id: id,
  noteable_type: z.enum(['Issue', 'MergeRequest']),
  noteable_id: id,
  noteable_iid: id,
  author_id: id,
  body: z.string(),
  system: z.boolean(),
  /** Seen by members from Planner up alone. */
  internal: z.boolean().optional(),
  /** Notes of one thread share it; a note without stands alone. */
  discussion_id: z.string().nullable().default(null),
  resolved_by_id: id.nullable().default(null),
  /** The place in a diff that it is about. */
  position: z.record(z.string(), z.unknown()).optional(),
  created_at: time,
  updated_at: time,
});
export type Note = z.infer<typeof Note>;

export const Label = z.object({
  id,
  project_id: id,
  name: z.string(),
  color: z.string(),
  description: z.string().nullable(),
  priority: z.int().nullable(),
  subscriptions: z.record(z.string(), z.boolean()).optional(),
  created_at: time,
});
export type Label = z.infer<typeof Label>;
