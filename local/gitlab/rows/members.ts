import * as z from 'zod';
import { id, maybeTime, time } from './columns.ts';

/** A group, or the personal namespace of a user. */
export const Namespace = z.object({
  id,
  kind: z.enum(['group', 'user']),
  name: z.string(),
  path: z.string(),
  full_path: z.string(),
  parent_id: id.nullable(),
  owner_id: id.nullable(),
  description: z.string(),
  visibility: z.enum(['private', 'internal', 'public']),
  created_at: time,
});
export type Namespace = z.infer<typeof Namespace>;

export const Member = z.object({
  id,
  source: z.enum(['group', 'project']),
  source_id: id,
  user_id: id,
  access_level: z.int(),
  expires_at: maybeTime,
  created_at: time,
});
export type Member = z.infer<typeof Member>;
