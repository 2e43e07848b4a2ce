import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProtectedBranch } from '../access.ts';
import { readBlob, readCommit, ZERO_SHA } from '../git/read-objects.ts';
import { runGit } from '../git/run-git.ts';
import type { JobDefinition, RunStatus } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { Project } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { CiFileError } from './ci-file-error.ts';
import { type ParsedCi, parseCiFile } from './parse-ci-file.ts';
import { configuredVariables, pipelineVariables } from './variables.ts';

export interface PipelineRequest {
  project: Project;
  userId: number;
  ref: string;
  tag: boolean;
  sha: string;
  beforeSha?: string;
  source: string;
  variables?: { key: string; value: string }[];
  skip?: boolean;
  /** Which merge request it is of. */
  mergeRequest?: NonNullable<Pipeline['merge_request']>;
  /** Read instead of the file in the repository. */
  content?: string;
}

/** Why there is no pipeline; the sentences are GitLab's. */
export class NoPipelineError extends Error {
  override readonly name = 'NoPipelineError';
}

/** Reads the CI file at the commit and adds the pipeline with its jobs; a file with faults makes a failed pipeline. */
export async function createPipeline(world: World, request: PipelineRequest): Promise<Pipeline> {
  const draft = draftPipeline(world, request);
  const scratch = join(world.stateDir, 'parsing', world.newId());
  const token = borrowToken(world, request.userId);
  try {
    if (request.skip) return await skippedPipeline(world, request);
    const parsed = await readCiFile(world, request, draft, scratch, token.text);
    if (parsed === 'missing') throw new NoPipelineError('Missing CI config file');
    if (!parsed)
      throw new NoPipelineError(
        'Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to the pipeline.',
      );
    const about = { stages: parsed.stages, name: parsed.workflowName, auto_cancel: parsed.autoCancel };
    return addPipeline(world, request, 'created', about, parsed);
  } catch (error) {
    if (!(error instanceof CiFileError)) throw error;
    return addPipeline(world, request, 'failed', { yaml_errors: error.message });
  } finally {
    world.db.tokens.remove(token.id);
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What GitLab would say of a CI file, without a pipeline of it. */
export async function lintCiFile(world: World, request: PipelineRequest) {
  const scratch = join(world.stateDir, 'parsing', world.newId());
  const token = borrowToken(world, request.userId);
  const wrong = (error: string) => ({ valid: false, errors: [error], merged_yaml: '', jobs: [] });
  try {
    const parsed = await readCiFile(world, request, draftPipeline(world, request), scratch, token.text);
    if (parsed === 'missing') return wrong('Please provide content of .gitlab-ci.yml');
    return {
      valid: true,
      errors: [],
      merged_yaml: parsed?.expandedYaml ?? request.content ?? '',
      jobs: (parsed?.jobs ?? []).map((job) => ({
        name: job.name,
        stage: job.stage,
        before_script: job.before_script,
        script: job.script,
        after_script: job.after_script,
        tag_list: [],
        only: null,
        except: null,
        environment: job.environment?.name ?? null,
        when: job.when,
        allow_failure: job.allow_failure,
        needs:
          job.needs?.map((need) => ({ name: need.job, artifacts: need.artifacts, optional: need.optional })) ?? null,
      })),
    };
  } catch (error) {
    if (!(error instanceof CiFileError)) throw error;
    return wrong(error.message);
  } finally {
    world.db.tokens.remove(token.id);
    await rm(scratch, { recursive: true, force: true });
  }
}

async function skippedPipeline(world: World, request: PipelineRequest): Promise<Pipeline> {
  const file = await readBlob(world.repositories.path(request.project), request.sha, ciFileOf(request.project));
  if (!file) throw new NoPipelineError('Missing CI config file');
  return addPipeline(world, request, 'skipped', {});
}

export const ciFileOf = (project: Project) => project.ci_config_path || '.gitlab-ci.yml';

function draftPipeline(world: World, request: PipelineRequest): Pipeline {
  const created_at = world.now().toISOString();
  const newest = Math.max(0, ...world.db.pipelines.all().map((pipeline) => pipeline.id));
  const siblings = world.db.pipelines.filter((pipeline) => pipeline.project_id === request.project.id);
  return {
    id: newest + 1,
    iid: Math.max(0, ...siblings.map((pipeline) => pipeline.iid)) + 1,
    project_id: request.project.id,
    user_id: request.userId,
    name: null,
    ref: request.ref,
    tag: request.tag,
    sha: request.sha,
    before_sha: request.beforeSha ?? ZERO_SHA,
    source: request.source,
    status: 'created',
    stages: [],
    protected_ref: !request.tag && isProtectedBranch(world.db, request.project.id, request.ref),
    variables: request.variables ?? [],
    ...(request.mergeRequest ? { merge_request: request.mergeRequest } : {}),
    yaml_errors: null,
    created_at,
    updated_at: created_at,
    started_at: null,
    finished_at: null,
  };
}

/** Adds the row, and in the same step its jobs. */
export function addPipeline(
  world: World,
  request: PipelineRequest,
  status: RunStatus,
  change: Partial<Pipeline>,
  parsed?: ParsedCi,
): Pipeline {
  const { id: _id, ...draft } = draftPipeline(world, request);
  const finished_at = status === 'failed' || status === 'skipped' ? draft.created_at : null;
  const pipeline = world.db.pipelines.insert({ ...draft, ...change, id: undefined, status, finished_at });
  for (const job of parsed?.jobs ?? []) addBuild(world, pipeline, job, parsed?.globalVariables ?? {});
  return pipeline;
}

function addBuild(world: World, pipeline: Pipeline, job: JobDefinition, globals: Record<string, string>): void {
  world.db.builds.insert({
    kind: 'job',
    project_id: pipeline.project_id,
    pipeline_id: pipeline.id,
    user_id: pipeline.user_id,
    name: job.name,
    stage: job.stage,
    status: 'created',
    ref: pipeline.ref,
    sha: pipeline.sha,
    allow_failure: job.allow_failure,
    created_at: pipeline.created_at,
    queued_at: null,
    started_at: null,
    finished_at: null,
    retried: false,
    failure_reason: null,
    exit_code: null,
    target_url: null,
    description: null,
    coverage: null,
    definition: { ...job, variables: { ...globals, ...job.variables } },
    artifacts_bytes: null,
    dotenv: {},
  });
}

async function readCiFile(
  world: World,
  request: PipelineRequest,
  draft: Pipeline,
  scratch: string,
  jobToken: string,
): Promise<ParsedCi | undefined | 'missing'> {
  const { project } = request;
  const repository = world.repositories.path(project);
  const checkout = join(scratch, 'checkout');
  mkdirSync(scratch, { recursive: true });
  await runGit(scratch, ['clone', '--quiet', '--shared', '--no-checkout', '--template=', repository, checkout]);
  if (request.sha) await runGit(checkout, ['checkout', '--quiet', '--detach', request.sha]);
  const ciFile = ciFileOf(project);
  if (request.content !== undefined) writeFileSync(join(checkout, ciFile), request.content);
  if (!request.sha) await commitAll(checkout);
  if (!existsSync(join(checkout, ciFile))) return 'missing';
  const base = draft.merge_request?.diff_base_sha ?? draft.before_sha;
  const compareChanges = !request.tag && base !== ZERO_SHA;
  const compared = compareChanges ? base : request.sha || 'HEAD';
  await Promise.all([
    runGit(checkout, ['update-ref', 'refs/remotes/origin/main', compared]),
    runGit(checkout, ['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main']),
    runGit(checkout, ['config', 'remote.origin.url', `${world.url}/${project.path_with_namespace}.git`]),
  ]);
  const configured = configuredVariables(world, project, draft.protected_ref, undefined);
  const variables = {
    ...pipelineVariables(world, project, draft, request.sha ? await readCommit(repository, request.sha) : undefined),
    ...configured.values,
    ...Object.fromEntries(draft.variables.map(({ key, value }) => [key, value])),
  };
  const unset = [
    ...(draft.tag || draft.merge_request ? ['CI_COMMIT_BRANCH'] : []),
    ...(draft.tag ? [] : ['CI_COMMIT_TAG']),
  ];
  const cacheFolder = join(world.stateDir, 'parser-cache');
  const given = { checkout, scratch, cacheFolder, ciFile, variables, unset, jobToken, compareChanges };
  return parseCiFile({ ...given, serverUrl: world.url, pipeline: draft });
}

/** A file of a project without commits is read in a commit of its own. */
async function commitAll(checkout: string): Promise<void> {
  const author = ['-c', 'user.name=GitLab', '-c', 'user.email=gitlab@localhost'];
  await runGit(checkout, ['add', '--all']);
  await runGit(checkout, [...author, 'commit', '--quiet', '--allow-empty', '--message', 'read']);
}

/** Includes of other projects are read with the rights of the pipeline's user. */
function borrowToken(world: World, userId: number): { id: number; text: string } {
  const text = `glcbt-${randomBytes(15).toString('base64url')}`;
  const row = world.db.tokens.insert({
    user_id: userId,
    name: 'include',
    token: text,
    scopes: ['read_repository'],
    revoked: false,
    expires_at: null,
    created_at: world.now().toISOString(),
    job_id: null,
  });
  return { id: row.id, text };
}
