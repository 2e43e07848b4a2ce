import { rmSync } from 'node:fs';
import * as z from 'zod';
import { DEVELOPER, OWNER } from '../access.ts';
import { artifactsFolder } from '../ci/artifacts.ts';
import { NoPipelineError } from '../ci/create-pipeline.ts';
import { FINISHED } from '../ci/pipeline-status.ts';
import { resolveCommit } from '../git/read-objects.ts';
import { RUN_STATUSES } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openProject, paginate, requireCaller } from './api.ts';
import { badRequest, forbidden, notFound } from './api-error.ts';
import { presentPipeline, presentPipelineFully } from './present.ts';
import { filledText, flag, moment, readParameters, text } from './read-parameters.ts';

const SOURCES = [
  'unknown',
  'push',
  'web',
  'trigger',
  'schedule',
  'api',
  'external',
  'pipeline',
  'chat',
  'webide',
  'merge_request_event',
  'external_pull_request_event',
  'parent_pipeline',
  'ondemand_dast_scan',
  'ondemand_dast_validation',
  'security_orchestration_policy',
  'container_registry_push',
  'duo_workflow',
  'pipeline_execution_policy_schedule',
] as const;

const Filter = z.object({
  sha: text.optional(),
  ref: text.optional(),
  status: z.enum(RUN_STATUSES).optional(),
  source: z.enum(SOURCES).optional(),
  scope: z.enum(['running', 'pending', 'finished', 'branches', 'tags']).optional(),
  yaml_errors: flag.optional(),
  name: text.optional(),
  created_after: moment.optional(),
  created_before: moment.optional(),
  username: text.optional(),
  updated_after: moment.optional(),
  updated_before: moment.optional(),
  order_by: z.enum(['id', 'status', 'ref', 'updated_at', 'user_id']).default('id'),
  sort: z.enum(['asc', 'desc']).default('desc'),
});

function inScope(row: Pipeline, scope: 'running' | 'pending' | 'finished' | 'branches' | 'tags' | undefined): boolean {
  if (scope === undefined) return true;
  if (scope === 'finished') return FINISHED.has(row.status);
  return scope === 'branches' || scope === 'tags' ? row.tag === (scope === 'tags') : row.status === scope;
}

const Variables = z.array(z.object({ key: filledText, value: text, variable_type: text.optional() }));

/** The pipeline of the path, for callers who may see the project's pipelines. */
export function openPipeline(world: World, c: ApiContext, level = 0): Pipeline {
  const { project } = openProject(world, c, level);
  const pipeline = world.db.pipelines.get(numberInPath(c, 'pipeline_id'));
  if (pipeline?.project_id !== project.id) throw notFound();
  return pipeline;
}

export function routePipelines(api: Api, world: World): void {
  const { db, runner } = world;

  api.get('/projects/:id/pipelines', async (c) => {
    const { project } = openProject(world, c);
    const wanted = await readParameters(c, Filter);
    const after = wanted.updated_after ? Date.parse(wanted.updated_after) : Number.NEGATIVE_INFINITY;
    const before = wanted.updated_before ? Date.parse(wanted.updated_before) : Number.POSITIVE_INFINITY;
    const found = db.pipelines.filter(
      (row) =>
        row.project_id === project.id &&
        (!wanted.sha || row.sha === wanted.sha) &&
        (!wanted.ref || row.ref === wanted.ref) &&
        (!wanted.status || row.status === wanted.status) &&
        (!wanted.source || row.source === wanted.source) &&
        (!wanted.username || db.users.get(row.user_id)?.username === wanted.username) &&
        inScope(row, wanted.scope) &&
        (wanted.yaml_errors === undefined || (row.yaml_errors !== null) === wanted.yaml_errors) &&
        (!wanted.name || row.name === wanted.name) &&
        (!wanted.created_after || Date.parse(row.created_at) >= Date.parse(wanted.created_after)) &&
        (!wanted.created_before || Date.parse(row.created_at) <= Date.parse(wanted.created_before)) &&
        Date.parse(row.updated_at) > after &&
        Date.parse(row.updated_at) < before,
    );
    const key = wanted.order_by;
    const direction = wanted.sort === 'asc' ? 1 : -1;
    found.sort((a, b) => direction * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : a.id - b.id));
    return paginate(c, found, (row) => presentPipeline(world, row));
  });

  api.get('/projects/:id/pipelines/latest', async (c) => {
    const { project, repository } = openProject(world, c);
    const { ref } = await readParameters(c, z.object({ ref: text.default(project.default_branch) }));
    const sha = await resolveCommit(repository, ref);
    const newest = db.pipelines
      .filter((row) => row.project_id === project.id && row.ref === ref && row.sha === sha)
      .at(-1);
    if (!newest) throw notFound();
    return c.json(presentPipelineFully(world, newest));
  });

  api.get('/projects/:id/pipelines/:pipeline_id', (c) => c.json(presentPipelineFully(world, openPipeline(world, c))));

  api.get('/projects/:id/pipelines/:pipeline_id/variables', (c) => {
    const pipeline = openPipeline(world, c, DEVELOPER);
    return c.json(pipeline.variables.map((variable) => ({ ...variable, variable_type: 'env_var', raw: false })));
  });

  api.post('/projects/:id/pipeline', async (c) => {
    const { project, repository } = openProject(world, c, DEVELOPER);
    const given = await readParameters(c, z.object({ ref: filledText, variables: Variables.default([]) }));
    const tag =
      !project.known_refs[`refs/heads/${given.ref}`] && project.known_refs[`refs/tags/${given.ref}`] !== undefined;
    const sha = await resolveCommit(repository, given.ref);
    if (!sha || (!tag && !project.known_refs[`refs/heads/${given.ref}`]))
      throw badRequest({ base: ['Reference not found'] });
    const variables = given.variables.map(({ key, value }) => ({ key, value }));
    try {
      const pipeline = await runner.create({
        project,
        userId: requireCaller(c).id,
        ref: given.ref,
        tag,
        sha,
        source: 'api',
        variables,
      });
      if (pipeline.yaml_errors) throw badRequest({ base: [pipeline.yaml_errors] });
      return c.json(presentPipelineFully(world, pipeline), 201);
    } catch (error) {
      if (error instanceof NoPipelineError) throw badRequest({ base: [error.message] });
      throw error;
    }
  });

  api.delete('/projects/:id/pipelines/:pipeline_id', async (c) => {
    const pipeline = openPipeline(world, c, DEVELOPER);
    if (openProject(world, c).access < OWNER) throw forbidden();
    for (const build of db.builds.filter((row) => row.pipeline_id === pipeline.id)) {
      runner.cancel(build);
      rmSync(artifactsFolder(world.stateDir, build.id), { recursive: true, force: true });
    }
    await runner.forget(pipeline);
    return c.body(null, 204);
  });

  api.put('/projects/:id/pipelines/:pipeline_id/metadata', async (c) => {
    const pipeline = openPipeline(world, c, DEVELOPER);
    const { name } = await readParameters(c, z.object({ name: filledText }));
    return c.json(presentPipelineFully(world, db.pipelines.update(pipeline.id, { name })));
  });

  api.get('/projects/:id/pipelines/:pipeline_id/bridges', (c) => {
    openPipeline(world, c);
    return paginate(c, [], (row) => row);
  });
  const noTests = { time: 0, count: 0, success: 0, failed: 0, skipped: 0, error: 0, suite_error: null };
  api.get('/projects/:id/pipelines/:pipeline_id/test_report_summary', (c) => {
    openPipeline(world, c);
    return c.json({ total: noTests, test_suites: [] });
  });
  api.get('/projects/:id/pipelines/:pipeline_id/test_report', (c) => {
    openPipeline(world, c);
    return c.json({
      total_time: 0,
      total_count: 0,
      success_count: 0,
      failed_count: 0,
      skipped_count: 0,
      error_count: 0,
      test_suites: [],
    });
  });

  const jobsOf = (pipeline: Pipeline) =>
    db.builds.filter((build) => build.pipeline_id === pipeline.id && build.kind === 'job' && !build.retried);

  api.post('/projects/:id/pipelines/:pipeline_id/cancel', (c) => {
    const pipeline = openPipeline(world, c, DEVELOPER);
    runner.cancelJobs(jobsOf(pipeline).filter((build) => !FINISHED.has(build.status)));
    return c.json(presentPipelineFully(world, db.pipelines.require(pipeline.id)));
  });

  api.post('/projects/:id/pipelines/:pipeline_id/retry', (c) => {
    const pipeline = openPipeline(world, c, DEVELOPER);
    runner.retryPipeline(pipeline.id);
    return c.json(presentPipelineFully(world, db.pipelines.require(pipeline.id)), 201);
  });
}
