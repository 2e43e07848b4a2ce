import * as z from 'zod';
import { id, maybeTime, time } from './columns.ts';
import { RunStatus } from './jobs.ts';

export const PushEvent = z.object({
  id,
  project_id: id,
  user_id: id,
  ref: z.string(),
  before: z.string(),
  after: z.string(),
  push_options: z.array(z.string()),
  announced: z.boolean(),
  processed: z.boolean(),
  created_at: time,
});
export type PushEvent = z.infer<typeof PushEvent>;

const KeyValue = z.object({ key: z.string(), value: z.string() });

export const ON_NEW_COMMIT = ['conservative', 'interruptible', 'none'] as const;
export const ON_JOB_FAILURE = ['none', 'all'] as const;
/** What `workflow:auto_cancel` says. */
const AutoCancel = z.object({ on_new_commit: z.enum(ON_NEW_COMMIT), on_job_failure: z.enum(ON_JOB_FAILURE) });
export type AutoCancel = z.infer<typeof AutoCancel>;

export const Pipeline = z.object({
  id,
  iid: id,
  project_id: id,
  user_id: id,
  name: z.string().nullable(),
  ref: z.string(),
  tag: z.boolean(),
  sha: z.string(),
  before_sha: z.string(),
  source: z.string(),
  status: RunStatus,
  stages: z.array(z.string()),
  protected_ref: z.boolean(),
  variables: z.array(KeyValue),
  auto_cancel: AutoCancel.optional(),
  yaml_errors: z.string().nullable(),
  created_at: time,
  updated_at: time,
  started_at: maybeTime,
  finished_at: maybeTime,
});
export type Pipeline = z.infer<typeof Pipeline>;

export const TriggerToken = z.object({
  id,
  project_id: id,
  owner_id: id,
  token: z.string(),
  description: z.string(),
  created_at: time,
  last_used: maybeTime,
});
export type TriggerToken = z.infer<typeof TriggerToken>;
