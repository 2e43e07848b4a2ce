import * as z from 'zod';
import { id, maybeTime, time } from './columns.ts';

export const HOOK_EVENTS = [
  'push_events',
  'tag_push_events',
  'pipeline_events',
  'deployment_events',
  'issues_events',
  'confidential_issues_events',
  'note_events',
  'confidential_note_events',
  'job_events',
  'merge_requests_events',
  'releases_events',
] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

export const Hook = z.object({
  id,
  project_id: id,
  url: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  token: z.string().nullable(),
  signing_token: z.string().nullable(),
  enable_ssl_verification: z.boolean(),
  push_events_branch_filter: z.string().nullable(),
  branch_filter_strategy: z.enum(['wildcard', 'regex', 'all_branches']).optional(),
  custom_headers: z.array(z.object({ key: z.string(), value: z.string() })),
  /** Fill `{key}` in the address, which shows the key alone. */
  url_variables: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
  custom_webhook_template: z.string().nullable().optional(),
  events: z.record(z.string(), z.boolean()),
  created_at: time,
  recent_failures: z.int(),
  backoff_count: z.int(),
  disabled_until: maybeTime,
});
export type Hook = z.infer<typeof Hook>;

export const Delivery = z.object({
  id,
  hook_id: id,
  project_id: id,
  trigger: z.string(),
  event_header: z.string(),
  url: z.string(),
  idempotency_key: z.string(),
  event_uuid: z.string(),
  body: z.string(),
  request_headers: z.record(z.string(), z.string()),
  response_headers: z.record(z.string(), z.string()),
  response_body: z.string(),
  /** `pending` until it was sent; then the HTTP status as text, or `internal error`. */
  response_status: z.string(),
  execution_duration: z.number(),
  created_at: time,
});
export type Delivery = z.infer<typeof Delivery>;
