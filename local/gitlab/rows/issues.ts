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
});
export type Issue = z.infer<typeof Issue>;

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
  created_at: time,
});
export type Label = z.infer<typeof Label>;
