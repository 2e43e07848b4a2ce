import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readCommit } from '../git/read-objects.ts';
import { runGit } from '../git/run-git.ts';
import type { Build, JobDefinition } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { Project } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { artifactsFolder, keepArtifacts, readDotenv, restoreArtifacts } from './artifacts.ts';
import { findCoverage } from './find-coverage.ts';
import { idTokenClaims } from './id-token.ts';
import { type JobLog, openJobLog, readJobLog } from './job-log.ts';
import { artifactSources } from './pipeline-status.ts';
import { type RunningScript, runScript } from './run-script.ts';
import { configuredVariables, expandVariables, jobVariables, pipelineVariables } from './variables.ts';

const AFTER_SCRIPT_SECONDS = 300;

export interface JobResult {
  status: 'success' | 'failed' | 'canceled';
  exitCode: number | null;
  failureReason: string | null;
  artifactsBytes: number | null;
  /** `artifacts:name` with its variables filled in. */
  artifactsName?: string | undefined;
  /** What `coverage:` finds in the log, in percent. */
  coverage: number | null;
  dotenv: Record<string, string>;
}

export interface RunningJob {
  ended: Promise<JobResult>;
  cancel(): void;
}

interface Job {
  world: World;
  project: Project;
  pipeline: Pipeline;
  build: Build;
  definition: JobDefinition;
  scratch: string;
  projectDir: string;
  log: JobLog;
}

/** Starts one job in a clean clone; its end is a result, also when the runner itself fails. */
export function startJob(world: World, build: Build, definition: JobDefinition): RunningJob {
  const pipeline = world.db.pipelines.require(build.pipeline_id);
  const project = world.db.projects.require(build.project_id);
  const scratch = join(world.stateDir, 'builds', String(build.id));
  const log = openJobLog(world.stateDir, build.id);
  const job: Job = {
    world,
    project,
    pipeline,
    build,
    definition,
    scratch,
    projectDir: join(scratch, project.path),
    log,
  };
  let script: RunningScript | undefined;
  let canceled = false;
  const work = async (): Promise<JobResult> => {
    try {
      const env = await prepare(job);
      if (canceled) return failure('canceled', null, null);
      return await runSteps(
        job,
        env,
        (running) => {
          script = running;
          if (canceled) running.kill();
        },
        () => canceled,
      );
    } catch (error) {
      log.line(`ERROR: Job failed (system failure): ${error instanceof Error ? error.message : String(error)}`);
      return failure('failed', null, 'runner_system_failure');
    } finally {
      revokeToken(world, build);
      log.close();
      await rm(scratch, { recursive: true, force: true });
    }
  };
  return {
    ended: work(),
    cancel: () => {
      canceled = true;
      script?.kill();
    },
  };
}

const failure = (status: 'failed' | 'canceled', exitCode: number | null, failureReason: string | null): JobResult => ({
  status,
  exitCode,
  failureReason,
  artifactsBytes: null,
  coverage: null,
  dotenv: {},
});

async function prepare(job: Job): Promise<Record<string, string>> {
  const { world, pipeline, build, definition, log } = job;
  log.line(`Running with local shell runner of ${world.url}`);
  if (definition.ignored.length > 0) {
    log.line(`WARNING: jobs run on this machine itself; not honoured here: ${definition.ignored.join(', ')}.`);
  }
  rmSync(job.scratch, { recursive: true, force: true });
  for (const folder of ['home', 'tmp', 'variables']) mkdirSync(join(job.scratch, folder), { recursive: true });
  const token = issueToken(world, build);
  const variables = await collectVariables(job, token);
  if (variables.GIT_STRATEGY === 'none' || variables.GIT_STRATEGY === 'empty') mkdirSync(job.projectDir);
  else await checkOut(job, variables.CI_REPOSITORY_URL ?? '');
  log.line(`Checked out ${pipeline.sha.slice(0, 8)} as detached HEAD (ref is ${pipeline.ref}).`);
  const siblings = world.db.builds.filter((other) => other.pipeline_id === pipeline.id);
  for (const source of artifactSources(build, siblings, pipeline.stages)) {
    const restored = restoreArtifacts(artifactsFolder(world.stateDir, source.id), job.projectDir);
    if (restored) log.line(`Downloaded artifacts of ${source.name} (${source.id}).`);
  }
  return variables;
}

async function checkOut({ world, project, pipeline, projectDir, scratch }: Job, origin: string): Promise<void> {
  const repository = world.repositories.path(project);
  await runGit(scratch, ['clone', '--quiet', '--shared', '--no-checkout', '--template=', repository, projectDir]);
  await Promise.all([
    runGit(projectDir, ['-c', 'advice.detachedHead=false', 'checkout', '--quiet', '--detach', pipeline.sha]),
    runGit(projectDir, ['config', 'remote.origin.url', origin]),
  ]);
}

/** Later ones win: predefined, the file's, dotenv reports, the instance's to the project's, the pipeline's own. */
async function collectVariables(job: Job, token: string): Promise<Record<string, string>> {
  const { world, project, pipeline, build, definition, scratch } = job;
  const commit = await readCommit(world.repositories.path(project), pipeline.sha);
  const configured = configuredVariables(world, project, pipeline.protected_ref, definition.environment?.name);
  const siblings = world.db.builds.filter((other) => other.pipeline_id === pipeline.id);
  const reports = artifactSources(build, siblings, pipeline.stages).map((source) => source.dotenv);
  const predefined = {
    ...machineVariables(job),
    ...pipelineVariables(world, project, pipeline, commit),
    ...jobVariables(world, project, build, token, job.projectDir),
  };
  const given = {
    ...definition.variables,
    ...Object.assign({}, ...reports),
    ...configured.values,
    ...Object.fromEntries(pipeline.variables.map(({ key, value }) => [key, value])),
  };
  const variables: Record<string, string> = { ...predefined, ...given };
  // A commit message or a key may hold a dollar sign that means nothing.
  const raw = new Set([...Object.keys(predefined).filter((name) => !(name in given)), ...configured.raw]);
  for (const [name, content] of Object.entries(configured.files)) {
    const file = join(scratch, 'variables', name);
    writeFileSync(file, content, { mode: 0o600 });
    variables[name] = file;
  }
  const expanded = expandVariables(variables, raw);
  for (const [name, audience] of Object.entries(definition.id_tokens)) {
    const aud = [audience]
      .flat()
      .map((text) => text.replace(/\$\{?(\w+)\}?/g, (whole, key) => expanded[String(key)] ?? whole));
    const only = aud[0];
    const claims = idTokenClaims(world, project, pipeline, build, aud.length === 1 && only !== undefined ? only : aud);
    expanded[name] = await world.signingKeys.sign(claims);
  }
  return expanded;
}

function machineVariables({ world, scratch }: Job): Record<string, string> {
  const path = process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  return {
    PATH: world.ciPath ? `${world.ciPath}:${path}` : path,
    HOME: join(scratch, 'home'),
    TMPDIR: join(scratch, 'tmp'),
    LANG: 'C.UTF-8',
    USER: 'gitlab-runner',
    SHELL: '/bin/bash',
  };
}

async function runSteps(
  job: Job,
  env: Record<string, string>,
  onStart: (script: RunningScript) => void,
  isCanceled: () => boolean,
): Promise<JobResult> {
  const { definition, log, scratch, projectDir, world, build } = job;
  if (definition.script.length === 0) {
    log.line(
      'ERROR: Job failed: it has no script. Jobs with `trigger` start no downstream pipeline here; give it a script.',
    );
    return failure('failed', null, 'script_failure');
  }
  const shared = { directory: projectDir, logFd: log.fd };
  const main = runScript({
    ...shared,
    env,
    file: join(scratch, 'script.sh'),
    lines: [...definition.before_script, ...definition.script],
    timeoutSeconds: definition.timeoutSeconds,
  });
  onStart(main);
  const end = await main.ended;
  const status = isCanceled() ? 'canceled' : end.exitCode === 0 ? 'success' : 'failed';
  if (definition.after_script.length > 0 && !end.timedOut && status !== 'canceled') {
    log.line('Running after_script');
    const after = runScript({
      ...shared,
      env: { ...env, CI_JOB_STATUS: status },
      file: join(scratch, 'after-script.sh'),
      lines: definition.after_script,
      timeoutSeconds: AFTER_SCRIPT_SECONDS,
    });
    onStart(after);
    const ended = await after.ended;
    if (ended.exitCode !== 0) log.line('WARNING: after_script failed, but job will continue unaffected.');
  }
  if (status === 'canceled') {
    log.line('ERROR: Job failed: canceled');
    return failure('canceled', end.exitCode, null);
  }
  const wanted = definition.artifacts;
  const kept = wanted.when === 'always' || (wanted.when === 'on_success') === (status === 'success');
  const hasArtifacts = wanted.paths.length > 0 || wanted.untracked;
  const artifactsBytes =
    kept && hasArtifacts
      ? await keepArtifacts(projectDir, artifactsFolder(world.stateDir, build.id), wanted, (line) => log.line(line))
      : null;
  const dotenv = status === 'success' ? readDotenv(projectDir, wanted.dotenv) : {};
  log.line(endLine(status, end, definition));
  const failureReason = end.timedOut ? 'job_execution_timeout' : status === 'failed' ? 'script_failure' : null;
  const coverage = findCoverage(definition.coverage, readJobLog(world, build));
  const artifactsName = wanted.name?.replace(/\$\{?(\w+)\}?/g, (_whole, name) => env[String(name)] ?? '');
  return { status, exitCode: end.exitCode, failureReason, artifactsBytes, artifactsName, coverage, dotenv };
}

function endLine(
  status: string,
  end: { exitCode: number | null; timedOut: boolean },
  definition: JobDefinition,
): string {
  if (status === 'success') return 'Job succeeded';
  if (end.timedOut) return `ERROR: Job failed: execution took longer than ${definition.timeoutSeconds} seconds`;
  return `ERROR: Job failed: exit status ${end.exitCode ?? 'unknown (killed)'}`;
}

/** The token of a job lives as long as the job, and may do what its user may. */
function issueToken(world: World, build: Build): string {
  const token = `glcbt-${randomBytes(15).toString('base64url')}`;
  world.db.tokens.insert({
    user_id: build.user_id,
    name: `job ${build.id}`,
    token,
    scopes: ['read_api', 'read_repository', 'job'],
    revoked: false,
    expires_at: null,
    created_at: world.now().toISOString(),
    job_id: build.id,
  });
  return token;
}

function revokeToken(world: World, build: Build): void {
  for (const token of world.db.tokens.filter((row) => row.job_id === build.id && !row.revoked)) {
    world.db.tokens.update(token.id, { revoked: true });
  }
}
