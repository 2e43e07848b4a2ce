import * as z from 'zod';

/** The rows as they stand on disk. Times are ISO 8601 in UTC; names follow GitLab's API. */
const id = z.int().positive();
const time = z.string();
const maybeTime = time.nullable();

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

export const Project = z.object({
  id,
  namespace_id: id,
  name: z.string(),
  path: z.string(),
  path_with_namespace: z.string(),
  description: z.string().nullable(),
  visibility: z.enum(['private', 'internal', 'public']),
  default_branch: z.string(),
  ci_config_path: z.string().nullable(),
  creator_id: id,
  created_at: time,
  last_activity_at: time,
  /** The refs that the server knows of: what differs from the repository is a push that is still to be told. */
  known_refs: z.record(z.string(), z.string()),
  /** The README at the top of the default branch. */
  readme_path: z.string().nullable().optional(),
  pushing_user_id: id.nullable(),
  archived: z.boolean().default(false),
  /** Settings that were given, as the API names them; the rest are GitLab's defaults. */
  settings: z.record(z.string(), z.unknown()).default({}),
});
export type Project = z.infer<typeof Project>;

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

export const Variable = z.object({
  id,
  source: z.enum(['instance', 'group', 'project']),
  source_id: z.int(),
  key: z.string(),
  value: z.string(),
  variable_type: z.enum(['env_var', 'file']),
  protected: z.boolean(),
  masked: z.boolean(),
  raw: z.boolean(),
  environment_scope: z.string(),
  description: z.string().nullable(),
});
export type Variable = z.infer<typeof Variable>;

export const ProtectedBranch = z.object({
  id,
  project_id: id,
  name: z.string(),
  push_access_level: z.int(),
  merge_access_level: z.int(),
  allow_force_push: z.boolean(),
});
export type ProtectedBranch = z.infer<typeof ProtectedBranch>;

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

export const RUN_STATUSES = [
  'created',
  'waiting_for_resource',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'success',
  'failed',
  'canceling',
  'canceled',
  'skipped',
  'manual',
  'scheduled',
] as const;
export const RunStatus = z.enum(RUN_STATUSES);
export type RunStatus = z.infer<typeof RunStatus>;

const KeyValue = z.object({ key: z.string(), value: z.string() });

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
  yaml_errors: z.string().nullable(),
  created_at: time,
  updated_at: time,
  started_at: maybeTime,
  finished_at: maybeTime,
});
export type Pipeline = z.infer<typeof Pipeline>;

/** One job of `.gitlab-ci.yml`, expanded. */
export const JobDefinition = z.object({
  name: z.string(),
  base_name: z.string(),
  stage: z.string(),
  before_script: z.array(z.string()),
  script: z.array(z.string()),
  after_script: z.array(z.string()),
  variables: z.record(z.string(), z.string()),
  when: z.enum(['on_success', 'on_failure', 'always', 'manual', 'delayed', 'never']),
  allow_failure: z.boolean(),
  allow_failure_exit_codes: z.array(z.int()),
  /** null: every job of the earlier stages. */
  needs: z.array(z.object({ job: z.string(), artifacts: z.boolean(), optional: z.boolean() })).nullable(),
  dependencies: z.array(z.string()).nullable(),
  artifacts: z.object({
    paths: z.array(z.string()),
    exclude: z.array(z.string()),
    untracked: z.boolean(),
    when: z.enum(['on_success', 'on_failure', 'always']),
    dotenv: z.array(z.string()),
    name: z.string().optional(),
    /** Undefined: they are kept. */
    expireInSeconds: z.number().optional(),
  }),
  coverage: z.string().optional(),
  environment: z
    .object({
      name: z.string(),
      url: z.string().nullable(),
      action: z.string(),
      deployment_tier: z.string().nullable(),
      on_stop: z.string().optional(),
    })
    .nullable(),
  id_tokens: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  timeoutSeconds: z.number(),
  /** How long a delayed job waits once its turn has come. */
  startInSeconds: z.number().optional(),
  retryMax: z.int(),
  ignored: z.array(z.string()),
});
export type JobDefinition = z.infer<typeof JobDefinition>;

/** A CI job, or a commit status that someone posted: they share one id sequence, as in GitLab. */
export const Build = z.object({
  id,
  kind: z.enum(['job', 'external']),
  project_id: id,
  pipeline_id: id,
  user_id: id,
  name: z.string(),
  stage: z.string(),
  status: RunStatus,
  ref: z.string(),
  sha: z.string(),
  allow_failure: z.boolean(),
  created_at: time,
  queued_at: maybeTime,
  started_at: maybeTime,
  finished_at: maybeTime,
  retried: z.boolean(),
  failure_reason: z.string().nullable(),
  exit_code: z.int().nullable(),
  target_url: z.string().nullable(),
  description: z.string().nullable(),
  coverage: z.number().nullable(),
  definition: JobDefinition.nullable(),
  artifacts_bytes: z.int().nullable(),
  dotenv: z.record(z.string(), z.string()),
  erased_at: time.optional(),
  /** When a delayed job is to start. */
  scheduled_at: time.optional(),
  artifacts_name: z.string().optional(),
  /** Null when somebody kept them. */
  artifacts_expire_at: maybeTime.optional(),
});
export type Build = z.infer<typeof Build>;

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

export const Release = z.object({
  id,
  project_id: id,
  author_id: id,
  tag: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  links: z.array(z.object({ id, name: z.string(), url: z.string(), link_type: z.string() })),
  created_at: time,
  released_at: time,
});
export type Release = z.infer<typeof Release>;

/** A comment on a commit, at a line of a file or at none. */
export const CommitComment = z.object({
  id,
  project_id: id,
  sha: z.string(),
  author_id: id,
  note: z.string(),
  path: z.string().nullable(),
  line: z.int().nullable(),
  line_type: z.enum(['new', 'old']).nullable(),
  created_at: time,
});
export type CommitComment = z.infer<typeof CommitComment>;

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

/** A file that somebody attached to an issue or a comment. */
export const Upload = z.object({
  id,
  project_id: id,
  user_id: id,
  /** Part of the address: who doesn't know it doesn't find the file. */
  secret: z.string(),
  filename: z.string(),
  size: z.int(),
  created_at: time,
});
export type Upload = z.infer<typeof Upload>;

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
});
export type MergeRequest = z.infer<typeof MergeRequest>;
