import * as z from 'zod';
import { id, maybeTime, time } from './columns.ts';

export const Environment = z.object({
  id,
  project_id: id,
  name: z.string(),
  slug: z.string(),
  external_url: z.string().nullable(),
  description: z.string().nullable(),
  tier: z.enum(['production', 'staging', 'testing', 'development', 'other']),
  state: z.enum(['available', 'stopping', 'stopped']),
  auto_stop_setting: z.enum(['always', 'with_action']).optional(),
  created_at: time,
  updated_at: time,
});
export type Environment = z.infer<typeof Environment>;

export const DEPLOYMENT_STATUSES = [
  'created',
  'running',
  'success',
  'failed',
  'canceled',
  'skipped',
  'blocked',
] as const;
export const Deployment = z.object({
  id,
  iid: id,
  project_id: id,
  environment_id: id,
  user_id: id,
  ref: z.string(),
  tag: z.boolean(),
  sha: z.string(),
  status: z.enum(DEPLOYMENT_STATUSES),
  build_id: id.nullable(),
  created_at: time,
  updated_at: time,
  finished_at: maybeTime,
});
export type Deployment = z.infer<typeof Deployment>;
