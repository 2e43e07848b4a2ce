import * as z from 'zod';
import type { JobDefinition } from '../rows/jobs.ts';
import { parseDurationSeconds } from './duration.ts';
import { readVariables } from './read-variables.ts';

const DEFAULT_TIMEOUT_SECONDS = 3600;

const Lines = z.union([
  z.string().transform((line) => [line]),
  z.array(z.union([z.string(), z.array(z.string())])).transform((lines) => lines.flat()),
]);
const Strings = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const Codes = z.union([z.int().transform((code) => [code]), z.array(z.int())]);
const MatrixValue = z.union([z.string(), z.number().transform(String)]);
const Need = z.union([
  z.string().transform((job) => ({ job, artifacts: true, optional: false })),
  z.object({ job: z.string(), artifacts: z.boolean().default(true), optional: z.boolean().default(false) }),
]);

export const RawJobSchema = z.looseObject({
  stage: z.string().default('test'),
  script: Lines.default([]),
  before_script: Lines.default([]),
  after_script: Lines.default([]),
  variables: z.unknown().optional(),
  rules: z
    .array(
      z.looseObject({
        variables: z.unknown().optional(),
        when: z.string().optional(),
        start_in: z.string().optional(),
        interruptible: z.boolean().optional(),
      }),
    )
    .optional(),
  start_in: z.string().optional(),
  coverage: z.string().optional(),
  when: z.enum(['on_success', 'on_failure', 'always', 'manual', 'delayed', 'never']).optional(),
  allow_failure: z.union([z.boolean(), z.object({ exit_codes: Codes })]).optional(),
  needs: z.array(Need).optional(),
  dependencies: z.array(z.string()).optional(),
  artifacts: z
    .looseObject({
      paths: Strings.default([]),
      exclude: Strings.default([]),
      untracked: z.boolean().default(false),
      when: z.enum(['on_success', 'on_failure', 'always']).default('on_success'),
      name: z.string().optional(),
      expire_in: z.union([z.string(), z.number()]).optional(),
      reports: z.looseObject({ dotenv: Strings.optional() }).optional(),
    })
    .optional(),
  environment: z
    .union([
      z.string().transform((name) => ({ name })),
      z.looseObject({
        name: z.string(),
        url: z.string().optional(),
        action: z.string().optional(),
        deployment_tier: z.string().optional(),
        on_stop: z.string().optional(),
      }),
    ])
    .optional(),
  id_tokens: z.record(z.string(), z.object({ aud: z.union([z.string(), z.array(z.string())]) })).optional(),
  timeout: z.union([z.string(), z.number()]).optional(),
  retry: z
    .union([
      z.int().transform((max) => ({ max })),
      z.looseObject({ max: z.int().default(0), when: Strings.optional(), exit_codes: Codes.optional() }),
    ])
    .optional(),
  interruptible: z.boolean().optional(),
  parallel: z.unknown().optional(),
});
export type RawJob = z.infer<typeof RawJobSchema>;

const UNHEEDED = ['image', 'services', 'cache', 'trigger', 'resource_group', 'secrets', 'tags', 'release', 'pages'];

interface MatchedRule {
  variables?: unknown;
  start_in?: string | undefined;
  interruptible?: boolean | undefined;
}

interface Listed {
  when: string;
  allow_failure: boolean | { exit_codes: unknown };
}

/** One job as it will run, from its expanded body and what the rules made of it. */
export function readJob(
  name: string,
  baseName: string,
  body: RawJob,
  listed: Listed,
  rule: MatchedRule | undefined,
): JobDefinition {
  const when = RawJobSchema.shape.when.unwrap().catch('on_success').parse(listed.when);
  const timeout = body.timeout === undefined ? undefined : parseDurationSeconds(String(body.timeout));
  const startIn = rule?.start_in ?? body.start_in;
  const expireIn = parseDurationSeconds(String(body.artifacts?.expire_in ?? ''));
  const environment = body.environment;
  return {
    name,
    base_name: baseName,
    stage: body.stage,
    before_script: body.before_script,
    script: body.script,
    after_script: body.after_script,
    variables: {
      ...readVariables(body.variables),
      ...matrixVariables(name, baseName, body.parallel),
      ...readVariables(rule?.variables),
    },
    when,
    ...readAllowFailure(body, listed, when),
    needs: body.needs ?? null,
    dependencies: body.dependencies ?? null,
    artifacts: {
      paths: body.artifacts?.paths ?? [],
      exclude: body.artifacts?.exclude ?? [],
      untracked: body.artifacts?.untracked ?? false,
      when: body.artifacts?.when ?? 'on_success',
      dotenv: body.artifacts?.reports?.dotenv ?? [],
      ...(body.artifacts?.name ? { name: body.artifacts.name } : {}),
      ...(expireIn === undefined ? {} : { expireInSeconds: expireIn }),
    },
    ...(body.coverage ? { coverage: body.coverage } : {}),
    environment: environment
      ? {
          name: environment.name,
          url: 'url' in environment ? (environment.url ?? null) : null,
          action: ('action' in environment ? environment.action : undefined) ?? 'start',
          deployment_tier: 'deployment_tier' in environment ? (environment.deployment_tier ?? null) : null,
          ...('on_stop' in environment && environment.on_stop ? { on_stop: environment.on_stop } : {}),
        }
      : null,
    id_tokens: Object.fromEntries(Object.entries(body.id_tokens ?? {}).map(([key, token]) => [key, token.aud])),
    timeoutSeconds: timeout ?? DEFAULT_TIMEOUT_SECONDS,
    ...(when === 'delayed' ? { startInSeconds: parseDurationSeconds(startIn ?? '') ?? 0 } : {}),
    ...readRetry(body.retry),
    interruptible: rule?.interruptible ?? body.interruptible ?? false,
    ignored: UNHEEDED.filter((key) => key in body),
  };
}

const MOST_RETRIES = 2;

function readRetry(retry: RawJob['retry']): Pick<JobDefinition, 'retryMax' | 'retryWhen' | 'retryExitCodes'> {
  const { max, when, exit_codes } = { max: 0, when: undefined, exit_codes: undefined, ...retry };
  return {
    retryMax: Math.min(MOST_RETRIES, max),
    ...(when ? { retryWhen: when } : {}),
    ...(exit_codes ? { retryExitCodes: exit_codes } : {}),
  };
}

/** A job that is manual by itself may fail; one that a rule made manual holds the pipeline up. */
function readAllowFailure(body: RawJob, listed: Listed, when: string) {
  const given = body.rules ? listed.allow_failure : body.allow_failure;
  if (typeof given === 'object') {
    const codes = z.array(z.int()).catch([]).parse([given.exit_codes].flat());
    return { allow_failure: false, allow_failure_exit_codes: codes };
  }
  return { allow_failure: given ?? (when === 'manual' && !body.rules), allow_failure_exit_codes: [] };
}

const Matrix = z.object({
  matrix: z.array(z.record(z.string(), z.union([MatrixValue.transform((value) => [value]), z.array(MatrixValue)]))),
});

/** The parser's `unit: [3.10,x]` and `unit: [2/5]` are GitLab's `unit: [3.10, x]` and `unit 2/5`. */
export function nameOfCopy(listed: string, baseName: string, parallel: unknown): string {
  if (!listed.startsWith(`${baseName}: [`)) return listed;
  const inside = listed.slice(baseName.length + 3, -1);
  if (/^\d+\/\d+$/.test(inside) && !Matrix.safeParse(parallel).success) return `${baseName} ${inside}`;
  const values = matrixRows(parallel).find(
    (row) => row.map(([, value]) => value).join(',') === inside.replace(/, /g, ','),
  );
  return values ? `${baseName}: [${values.map(([, value]) => value).join(', ')}]` : listed;
}

/** Every combination of a matrix, each as its keys and values in the order of the file. */
function matrixRows(parallel: unknown): [string, string][][] {
  const matrix = Matrix.safeParse(parallel);
  if (!matrix.success) return [];
  return matrix.data.matrix.flatMap((row) =>
    Object.entries(row).reduce<[string, string][][]>(
      (rows, [key, values]) =>
        rows.flatMap((known) => values.map((value): [string, string][] => [...known, [key, value]])),
      [[]],
    ),
  );
}

/** `unit: [3.10, x]` names its values in the order of the matrix's keys; `unit 2/5` is the second of five. */
function matrixVariables(name: string, baseName: string, parallel: unknown): Record<string, string> {
  const counted = /^(\d+)\/(\d+)$/.exec(name.slice(baseName.length + 1));
  if (counted) return { CI_NODE_INDEX: counted[1] ?? '1', CI_NODE_TOTAL: counted[2] ?? '1' };
  if (name === baseName) return {};
  const values = name.slice(baseName.length + 3, -1);
  const row = matrixRows(parallel).find((pairs) => pairs.map(([, value]) => value).join(', ') === values);
  return row ? Object.fromEntries(row) : {};
}

/** A need of a matrix job's bare name means every job of the matrix. */
export function expandMatrixNames(jobs: JobDefinition[]): void {
  const named = (name: string) => jobs.filter((job) => job.base_name === name).map((job) => job.name);
  const expand = (name: string) => (jobs.some((job) => job.name === name) ? [name] : named(name));
  for (const job of jobs) {
    job.needs =
      job.needs?.flatMap((need) => {
        const names = expand(need.job);
        return names.length > 0 ? names.map((name) => ({ ...need, job: name })) : [need];
      }) ?? null;
    job.dependencies = job.dependencies?.flatMap(expand) ?? null;
  }
}
