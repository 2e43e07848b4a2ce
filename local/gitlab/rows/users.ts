import * as z from 'zod';
import { id, maybeTime, time } from './columns.ts';

export const User = z.object({
  id,
  username: z.string(),
  name: z.string(),
  email: z.string(),
  public_email: z.string(),
  state: z.enum(['active', 'blocked', 'deactivated']),
  is_admin: z.boolean(),
  created_at: time,
});
export type User = z.infer<typeof User>;

export const Token = z.object({
  id,
  user_id: id,
  name: z.string(),
  token: z.string(),
  scopes: z.array(z.string()),
  revoked: z.boolean(),
  expires_at: maybeTime,
  created_at: time,
  /** A CI job's token dies with its job and sees what the job's user sees. */
  job_id: id.nullable(),
});
export type Token = z.infer<typeof Token>;

export const Application = z.object({
  id,
  application_id: z.string(),
  secret: z.string(),
  name: z.string(),
  redirect_uri: z.string(),
  scopes: z.string(),
  confidential: z.boolean(),
});
export type Application = z.infer<typeof Application>;
