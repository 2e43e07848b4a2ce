import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { dump, load } from 'js-yaml';
import * as z from 'zod';
import { environmentSlug } from '../environment-slug.ts';
import { gitEnvironment } from '../git/run-git.ts';
import type { JobDefinition } from '../rows/jobs.ts';
import { checkJob, checkNeeds } from './check-jobs.ts';
import { CiFileError } from './ci-file-error.ts';
import { expandMatrixNames, nameOfCopy, type RawJob, RawJobSchema, readJob } from './read-job.ts';
import { readVariables } from './read-variables.ts';
import { expandVariables } from './variables.ts';

/** The parser was ended from outside: nothing is known of the file. */
class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

export interface ParsedCi {
  stages: string[];
  workflowName: string | null;
  globalVariables: Record<string, string>;
  jobs: JobDefinition[];
  /** The file with includes, extends and defaults resolved. */
  expandedYaml: string;
}

interface ParseRequest {
  /** A checkout of the commit, whose `origin` is the project's address. */
  checkout: string;
  scratch: string;
  /** Outlives the request: the compiled parser, which else takes an eighth of each reading to compile. */
  cacheFolder: string;
  ciFile: string;
  variables: Record<string, string>;
  unset: string[];
  /** For `include: project`, which is fetched over HTTP as the pipeline's user. */
  serverUrl: string;
  jobToken: string;
  /** False when there is nothing to compare with: then `rules:changes` is true, as in GitLab. */
  compareChanges: boolean;
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
const WORKFLOW_PROBE = 'workflow probe';

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
  const probes = probeJobs(expanded, raw);
  writeFileSync(join(request.checkout, EXPANDED_FILE), dump({ ...withoutWorkflow(expanded), ...probes }));
  const listing = await callParser(request, EXPANDED_FILE, '--list-json');
  const listed = Listed.parse(JSON.parse(listing.slice(listing.indexOf('['))));
  const runs = new Map(listed.map((job) => [job.name, job]));
  if (runs.get(WORKFLOW_PROBE)?.when === 'never') return undefined;
  const stages = z.array(z.string()).catch([]).parse(expanded.stages);
  const jobs = listed.flatMap((job) => takeJob(job, raw, runs));
  const order = (job: JobDefinition) => stages.indexOf(job.stage);
  jobs.sort((a, b) => order(a) - order(b));
  if (jobs.length === 0) return undefined;
  expandMatrixNames(jobs);
  checkNeeds(jobs, stages);
  const globalVariables = readVariables(expanded.variables);
  fillEnvironments(jobs, globalVariables, request.variables);
  return {
    stages: stages.filter((stage) => jobs.some((job) => job.stage === stage)),
    workflowName: filled(Workflow.parse(expanded.workflow ?? {}).name, { ...globalVariables, ...request.variables }),
    globalVariables,
    jobs,
    expandedYaml: dump(expanded),
  };
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

const Workflow = z.object({
  name: z.string().optional(),
  rules: z.array(z.record(z.string(), z.unknown())).optional(),
});

function withoutWorkflow(expanded: Record<string, unknown>): Record<string, unknown> {
  const { workflow: _workflow, include: _include, ...rest } = expanded;
  return rest;
}

function probeJobs(expanded: Record<string, unknown>, raw: Map<string, RawJob>): Record<string, unknown> {
  const stage = '.pre';
  const probes: Record<string, unknown> = {};
  const workflowRules = Workflow.parse(expanded.workflow ?? {}).rules;
  if (workflowRules) {
    probes[WORKFLOW_PROBE] = {
      stage,
      script: ['true'],
      rules: workflowRules.map((rule) => (rule.when === 'never' ? rule : { ...rule, when: 'on_success' })),
    };
  }
  for (const [name, job] of raw) {
    if (!job.rules?.some((rule) => rule.variables || rule.start_in)) continue;
    for (const [index, rule] of job.rules.entries()) {
      probes[probeName(name, index)] = {
        stage,
        script: ['true'],
        variables: job.variables,
        rules: [{ ...rule, when: 'on_success', start_in: undefined }],
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

const parserPath = join(
  dirname(createRequire(import.meta.url).resolve('gitlab-ci-local/package.json')),
  'dist',
  'index.js',
);

function callParser(request: ParseRequest, file: string, mode: '--preview' | '--list-json'): Promise<string> {
  const args = [
    parserPath,
    mode,
    '--file',
    file,
    '--state-dir',
    '../parser-state',
    '--home',
    request.scratch,
    '--no-json-schema-validation',
    '--no-color',
  ];
  if (!request.compareChanges) args.push('--no-evaluate-rule-changes');
  for (const [key, value] of Object.entries(request.variables)) args.push('--variable', `${key}=${value}`);
  for (const key of request.unset) args.push('--unset-variable', key);
  args.push('--ignore-predefined-vars', Object.keys(request.variables).join(','));
  const credentials = Buffer.from(`gitlab-ci-token:${request.jobToken}`).toString('base64');
  const env = {
    ...gitEnvironment(),
    HOME: request.scratch,
    USER: 'gitlab-runner',
    NODE_COMPILE_CACHE: request.cacheFolder,
    GIT_CONFIG_COUNT: '4',
    GIT_CONFIG_KEY_1: `http.${request.serverUrl}/.extraHeader`,
    GIT_CONFIG_VALUE_1: `Authorization: Basic ${credentials}`,
    GIT_CONFIG_KEY_2: 'user.name',
    GIT_CONFIG_VALUE_2: 'GitLab',
    GIT_CONFIG_KEY_3: 'user.email',
    GIT_CONFIG_VALUE_3: 'gitlab@localhost',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: request.checkout,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', (cause) => reject(new CiFileError(`the CI file could not be read: ${cause.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(out);
      else if (signal) reject(new InterruptedError(`the reading of the CI file was ended by ${signal}`));
      else reject(new CiFileError(readableError(err || out).replace('STAGES', () => stagesOf(request).join(', '))));
    });
  });
}

/** What the parser says, and what GitLab says of the same fault. */
const IN_GITLABS_WORDS: [RegExp, string][] = [
  [/^stage:(\S+) not found for (.+)$/, '$2 job: chosen stage $1 does not exist; available stages are STAGES'],
  [/^needs: \[(.+)\] for (.+) could not be found$/, '$2 job: undefined need: $1'],
  [/^dependencies: \[(.+)\] for (.+) could not be found$/, '$2 job: undefined dependency: $1'],
  [/^(.+) must have script specified$/, 'jobs:$1 config should implement the script:, run:, or trigger: keyword'],
  [/^(.+) is unspecified, used by (.+) extends$/, '$2: unknown keys in `extends` ($1)'],
  [
    /^(.+) has empty script$/,
    'jobs:$1:script config should be a string or a nested array of strings up to 10 levels deep',
  ],
  [/^Local include file cannot be found (.+)$/, 'Local file `$1` does not exist!'],
  [/^Error attempting to evaluate the following rules:[\s\S]*$/, 'rules:rule if invalid expression syntax'],
  [/^YAMLException: /, '(<unknown>): '],
];

const NOISE =
  /Unable to retrieve default|Command failed with exit code|fatal: ref refs\/remotes|Using fallback|^\s*at |parsing and downloads|^\s*$/;

const DEFAULT_STAGES = ['build', 'test', 'deploy'];

/** The stages that the file may name; of a file that does not parse, those of one that names none. */
function stagesOf(request: ParseRequest): string[] {
  let file: unknown;
  try {
    file = load(readFileSync(join(request.checkout, request.ciFile), 'utf8'));
  } catch {
    file = undefined; // the parser has said what is wrong with it
  }
  const parsed = z.object({ stages: z.array(z.string()) }).safeParse(file);
  return ['.pre', ...(parsed.success ? parsed.data.stages : DEFAULT_STAGES), '.post'];
}

/** What the parser says, without its own chatter and stack. */
function readableError(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are what is removed
  const plain = text.replace(/\u001b\[[0-9;]*m/g, '');
  const lines = plain.split('\n').filter((line) => !NOISE.test(line));
  const told = lines.join('\n').slice(0, 2000) || 'the CI file could not be read';
  for (const [pattern, sentence] of IN_GITLABS_WORDS) if (pattern.test(told)) return told.replace(pattern, sentence);
  return told;
}
