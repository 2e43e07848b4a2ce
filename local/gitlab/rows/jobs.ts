import * as z from 'zod';
import { id, maybeTime, time } from './columns.ts';

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
  /** The reasons to try again; undefined: every one. */
  retryWhen: z.array(z.string()).optional(),
  retryExitCodes: z.array(z.int()).optional(),
  /** Whether a newer pipeline of the same ref may end it while it runs. */
  interruptible: z.boolean().optional(),
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
