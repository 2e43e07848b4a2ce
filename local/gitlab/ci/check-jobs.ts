import * as z from 'zod';
import type { JobDefinition } from '../rows/jobs.ts';
import { CiFileError } from './ci-file-error.ts';
import { parseDurationSeconds } from './duration.ts';

const KEYS = new Set([
  ...['after_script', 'allow_failure', 'artifacts', 'before_script', 'cache', 'coverage', 'dast_configuration'],
  ...['dependencies', 'environment', 'except', 'extends', 'hooks', 'id_tokens', 'identity', 'image', 'inherit'],
  ...['inputs', 'interruptible', 'manual_confirmation', 'needs', 'only', 'pages', 'parallel', 'release'],
  ...['resource_group', 'retry', 'rules', 'run', 'script', 'secrets', 'services', 'stage', 'start_in', 'tags'],
  ...['timeout', 'trigger', 'variables', 'when'],
]);
const WHENS = ['on_success', 'on_failure', 'always', 'manual', 'delayed'];
const ARTIFACT_WHENS = ['on_success', 'on_failure', 'always'];
const MOST_RETRIES = 2;
/** GitLab's reasons why a job failed, and `always`. */
const RETRY_REASONS = new Set([
  ...[
    'always',
    'unknown_failure',
    'script_failure',
    'api_failure',
    'stuck_or_timeout_failure',
    'runner_system_failure',
  ],
  ...['runner_unsupported', 'stale_schedule', 'job_execution_timeout', 'archived_failure', 'unmet_prerequisites'],
  ...['scheduler_failure', 'data_integrity_failure'],
]);
const WEEK_SECONDS = 604_800;
const MONTH_SECONDS = 2_592_000;

const isScript = (value: unknown): boolean =>
  typeof value === 'string' || (Array.isArray(value) && value.length > 0 && value.every(isScript));

/** Refuses a job that GitLab would refuse, in its words. */
export function checkJob(name: string, body: unknown): void {
  const parsed = z.record(z.string(), z.unknown()).safeParse(body);
  if (!parsed.success) throw new CiFileError(`jobs:${name} config should be a hash`);
  const job = parsed.data;
  const refuse = (sentence: string): never => {
    throw new CiFileError(`jobs:${name}${sentence}`);
  };
  if (!['script', 'run', 'trigger'].some((key) => key in job))
    refuse(' config should implement the script:, run:, or trigger: keyword');
  const unknown = Object.keys(job).filter((key) => !KEYS.has(key));
  if (unknown.length > 0) refuse(` config contains unknown keys: ${unknown.join(', ')}`);
  if ('script' in job && !isScript(job.script))
    refuse(':script config should be a string or a nested array of strings up to 10 levels deep');
  if (job.when !== undefined && !WHENS.includes(String(job.when)))
    refuse(` when should be one of: ${WHENS.join(', ')}`);
  if (job.when === 'delayed' && job.start_in === undefined) refuse(' start in should be a duration');
  if ((parseDurationSeconds(String(job.start_in)) ?? 0) > WEEK_SECONDS) refuse(' start in should not exceed the limit');
  const timeout = parseDurationSeconds(String(job.timeout));
  if (job.timeout !== undefined && timeout === undefined) refuse(' timeout should be a duration');
  if ((timeout ?? 0) > MONTH_SECONDS) refuse(' timeout should not exceed the limit');
  checkRetry(job.retry, refuse);
  if (job.interruptible !== undefined && typeof job.interruptible !== 'boolean')
    refuse(':interruptible config should be a boolean value');
  const artifacts = z.looseObject({ when: z.unknown() }).safeParse(job.artifacts);
  const when = artifacts.success ? artifacts.data.when : undefined;
  if (when !== undefined && !ARTIFACT_WHENS.includes(String(when)))
    refuse(':artifacts when should be one of: on_success, on_failure or always');
}

function checkRetry(retry: unknown, refuse: (sentence: string) => never): void {
  if (retry === undefined) return;
  if (typeof retry === 'number') {
    if (retry > MOST_RETRIES) refuse(`:retry config must be less than or equal to ${MOST_RETRIES}`);
    return;
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(retry);
  if (!parsed.success) throw refuse(':retry config should be a hash or an integer');
  const { max, when, exit_codes: _codes, ...unknown } = parsed.data;
  if (Object.keys(unknown).length > 0)
    refuse(`:retry config contains unknown keys: ${Object.keys(unknown).join(', ')}`);
  if (typeof max === 'number' && max > MOST_RETRIES) refuse(`:retry max must be less than or equal to ${MOST_RETRIES}`);
  const reasons = [when ?? []].flat().map(String);
  const foreign = reasons.filter((reason) => !RETRY_REASONS.has(reason));
  if (foreign.length > 0)
    refuse(
      Array.isArray(when) ? `:retry when contains unknown values: ${foreign.join(', ')}` : ':retry when is unknown',
    );
}

/** A need must be there, unless it is optional, in a stage that is not later, and not in a circle. */
export function checkNeeds(jobs: JobDefinition[], stages: readonly string[]): void {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  for (const job of jobs)
    for (const need of job.needs ?? []) {
      const needed = byName.get(need.job);
      if (!needed && !need.optional)
        throw new CiFileError(
          `'${job.name}' job needs '${need.job}' job, but '${need.job}' does not exist in the pipeline. This might be because of the only, except, or rules keywords. To need a job that sometimes does not exist in the pipeline, use needs:optional.`,
        );
      if (needed && stages.indexOf(needed.stage) > stages.indexOf(job.stage))
        throw new CiFileError(`${job.name} job: need ${need.job} is not defined in current or prior stages`);
    }
  const settled = new Set<string>();
  for (let before = -1; before !== settled.size; ) {
    before = settled.size;
    for (const job of jobs)
      if ((job.needs ?? []).every((need) => settled.has(need.job) || !byName.has(need.job))) settled.add(job.name);
  }
  const circle = jobs.filter((job) => !settled.has(job.name)).map((job) => `"${job.name}"`);
  if (circle.length > 0)
    throw new CiFileError(`The pipeline has circular dependencies: topological sort failed: [${circle.join(', ')}]`);
}
