import * as z from 'zod';
import { id, maybeTime, time } from './columns.ts';

export const User = z.object({
  id,
  username: z.string(),
  name: z.string(),
  email: z.string(),
  public_email: z.string(),
  state: z.enum(['active', 'blocked', 'deactivated', 'banned']),
  is_admin: z.boolean(),
  /** What they tell of themselves, by the names of the API. */
  profile: z.record(z.string(), z.string().nullable()).optional(),
  identities: z
    .array(z.object({ provider: z.string(), extern_uid: z.string(), saml_provider_id: z.null() }))
    .optional(),
  external: z.boolean().optional(),
  private_profile: z.boolean().optional(),
  can_create_group: z.boolean().optional(),
  projects_limit: z.int().optional(),
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
