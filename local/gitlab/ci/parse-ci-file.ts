import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import * as z from 'zod';
import { environmentSlug } from '../environment-slug.ts';
import type { JobDefinition } from '../rows/jobs.ts';
import type { AutoCancel } from '../rows/pipelines.ts';
import { callParser, type ParseRequest } from './call-parser.ts';
import { checkJob, checkNeeds } from './check-jobs.ts';
import { CiFileError } from './ci-file-error.ts';
import { normalizeCiFile } from './normalize-ci-file.ts';
import { expandMatrixNames, nameOfCopy, type RawJob, RawJobSchema, readJob } from './read-job.ts';
import { readVariables } from './read-variables.ts';
import { expandVariables } from './variables.ts';
import { applyWorkflow, readWorkflow, type Workflow } from './workflow.ts';

export interface ParsedCi {
  stages: string[];
  workflowName: string | null;
  autoCancel: AutoCancel;
  globalVariables: Record<string, string>;
  jobs: JobDefinition[];
  /** The file with includes, extends and defaults resolved. */
  expandedYaml: string;
}

const NOT_JOBS = new Set([
  'stages',
  'workflow',
  'variables',
  'include',
  'default',
  'spec',
  'image',
  'services',
  'cache',
  'before_script',
  'after_script',
]);
const EXPANDED_FILE = '.gitlab-ci-expanded.yml';
const workflowProbe = (rule: number) => `workflow probe ${rule}`;

const Expanded = z.record(z.string(), z.unknown());
const Listed = z.array(
  z.object({
    name: z.string(),
    when: z.string(),
    allow_failure: z.union([z.boolean(), z.object({ exit_codes: z.unknown() })]),
  }),
);
type ListedJob = z.infer<typeof Listed>[number];

/**
 * `gitlab-ci-local` reads the file in two passes: the first expands includes, extends, defaults and references; the
 * second says of each job whether its rules let it run. Probe jobs in the second pass tell which rule it was, because
 * a rule may carry variables, and whether `workflow:rules` wants a pipeline at all.
 *
 * @returns undefined when `workflow:rules` or the jobs' rules leave nothing to run.
 */
export async function parseCiFile(request: ParseRequest): Promise<ParsedCi | undefined> {
  normalizeCiFile(join(request.checkout, request.ciFile));
  const preview = await callParser(request, request.ciFile, '--preview');
  const expanded = Expanded.parse(load(preview.slice(preview.indexOf('---\n'))) ?? {});
  const raw = new Map<string, RawJob>();
  for (const [name, body] of Object.entries(expanded)) {
    if (NOT_JOBS.has(name) || name.startsWith('.')) continue;
    checkJob(name, body);
    const job = RawJobSchema.safeParse(body);
    if (!job.success)
      throw new CiFileError(
        `jobs:${name} is not valid: ${job.error.issues[0]?.path.join('.')} ${job.error.issues[0]?.message}`,
      );
    raw.set(name, job.data);
  }
  if (raw.size === 0) throw new CiFileError('jobs config should contain at least one visible job');
  const workflow = readWorkflow(expanded.workflow);
  const body = { ...withoutWorkflow(expanded), ...probeJobs(workflow, raw) };
  let runs = await listJobs(request, body);
  const applied = applyWorkflow(workflow, (rule) => (runs.get(workflowProbe(rule))?.when ?? 'never') !== 'never');
  if (!applied) return undefined;
  const globalVariables = { ...readVariables(expanded.variables), ...applied.variables };
  // The rules of jobs see the variables that the workflow's rule brought.
  if (Object.keys(applied.variables).length > 0)
    runs = await listJobs(request, { ...body, variables: globalVariables });
  const listed = [...runs.values()];
  const stages = z.array(z.string()).catch([]).parse(expanded.stages);
  const jobs = listed.flatMap((job) => takeJob(job, raw, runs));
  const order = (job: JobDefinition) => stages.indexOf(job.stage);
  jobs.sort((a, b) => order(a) - order(b));
  if (jobs.length === 0) return undefined;
  expandMatrixNames(jobs);
  checkNeeds(jobs, stages);
  fillEnvironments(jobs, globalVariables, request.variables);
  return {
    stages: stages.filter((stage) => jobs.some((job) => job.stage === stage)),
    autoCancel: applied.autoCancel,
    workflowName: filled(workflow.name, { ...globalVariables, ...request.variables }),
    globalVariables,
    jobs,
    expandedYaml: dump(expanded),
  };
}

/** Every job and probe that the rules were held against, by its name. */
async function listJobs(request: ParseRequest, body: Record<string, unknown>): Promise<Map<string, ListedJob>> {
  writeFileSync(join(request.checkout, EXPANDED_FILE), dump(body));
  const listing = await callParser(request, EXPANDED_FILE, '--list-json');
  return new Map(Listed.parse(JSON.parse(listing.slice(listing.indexOf('[')))).map((job) => [job.name, job]));
}

const filled = (text: string | undefined, variables: Record<string, string>): string | null =>
  text === undefined ? null : (expandVariables({ ...variables, text }).text ?? text);

/** Names and addresses of environments may be made of variables, such as `review/$CI_COMMIT_REF_SLUG`. */
function fillEnvironments(jobs: JobDefinition[], globals: Record<string, string>, given: Record<string, string>): void {
  for (const job of jobs) {
    if (!job.environment) continue;
    const known = { ...globals, ...job.variables, ...given, CI_JOB_NAME: job.name, CI_JOB_STAGE: job.stage };
    const name = filled(job.environment.name, known) ?? job.environment.name;
    const about = { ...known, CI_ENVIRONMENT_NAME: name, CI_ENVIRONMENT_SLUG: environmentSlug(name) };
    job.environment = {
      ...job.environment,
      name,
      url: job.environment.url && filled(job.environment.url, about),
      deployment_tier: job.environment.deployment_tier && filled(job.environment.deployment_tier, about),
    };
  }
}

function withoutWorkflow(expanded: Record<string, unknown>): Record<string, unknown> {
  const { workflow: _workflow, include: _include, ...rest } = expanded;
  return rest;
}

function probeJobs(workflow: Workflow, raw: Map<string, RawJob>): Record<string, unknown> {
  const stage = '.pre';
  const probes: Record<string, unknown> = {};
  for (const [index, rule] of (workflow.rules ?? []).entries()) {
    const { auto_cancel: _autoCancel, variables: _variables, ...plain } = rule;
    probes[workflowProbe(index)] = { stage, script: ['true'], rules: [{ ...plain, when: 'on_success' }] };
  }
  for (const [name, job] of raw) {
    if (!job.rules?.some((rule) => rule.variables || rule.start_in || rule.interruptible !== undefined)) continue;
    for (const [index, rule] of job.rules.entries()) {
      probes[probeName(name, index)] = {
        stage,
        script: ['true'],
        variables: job.variables,
        rules: [{ ...rule, when: 'on_success', start_in: undefined, interruptible: undefined }],
      };
    }
  }
  return probes;
}

const probeName = (job: string, rule: number) => `rule probe ${rule} of ${job}`;

function takeJob(listed: ListedJob, raw: Map<string, RawJob>, runs: Map<string, ListedJob>): JobDefinition[] {
  const baseName = raw.has(listed.name) ? listed.name : [...raw.keys()].find((name) => isCopyOf(listed.name, name));
  const body = baseName ? raw.get(baseName) : undefined;
  if (!baseName || !body || listed.when === 'never') return [];
  const matched =
    body.rules?.findIndex((_rule, index) => (runs.get(probeName(baseName, index))?.when ?? 'never') !== 'never') ?? -1;
  const rule = matched < 0 ? undefined : body.rules?.[matched];
  return [readJob(nameOfCopy(listed.name, baseName, body.parallel), baseName, body, listed, rule)];
}

const isCopyOf = (listed: string, base: string) =>
  listed.startsWith(`${base}: [`) ||
  (listed.startsWith(`${base} `) && /^\d+\/\d+$/.test(listed.slice(base.length + 1)));
