import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import * as z from 'zod';
import { DEVELOPER, MAINTAINER } from '../access.ts';
import { artifactsFolder, zipArtifacts } from '../ci/artifacts.ts';
import { eraseJobLog, readJobLog } from '../ci/job-log.ts';
import { FINISHED, isPlayable, isRetryable } from '../ci/pipeline-status.ts';
import { attachmentNamed } from '../content-disposition.ts';
import { readCommit } from '../git/read-objects.ts';
import { type Build, RUN_STATUSES } from '../rows/jobs.ts';
import type { World } from '../world.ts';
import {
  type Api,
  type ApiContext,
  numberInPath,
  openProject,
  pageOf,
  pageResponse,
  requireCaller,
  tokenOf,
} from './api.ts';
import { ApiError, badRequest, forbidden, notFound } from './api-error.ts';
import { openPipeline } from './pipelines.ts';
import { artifactsName, hasArtifacts, presentJob } from './present.ts';
import { filledText, flag, list, readParameters, text } from './read-parameters.ts';

const Status = z.enum(RUN_STATUSES);
const Filter = z.object({
  scope: list
    .refine((words) => words.every((word) => Status.safeParse(word).success), {
      error: 'scope does not have a valid value',
    })
    .optional(),
  include_retried: flag.default(false),
});

export function routeJobs(api: Api, world: World): void {
  const { db, runner } = world;

  const show = async (build: Build) => {
    const project = db.projects.require(build.project_id);
    return presentJob(world, build, await readCommit(world.repositories.path(project), build.sha));
  };
  const open = (c: ApiContext, level = 0) => {
    const { project } = openProject(world, c, level);
    const build = db.builds.get(numberInPath(c, 'job_id'));
    if (build?.project_id !== project.id || build.kind !== 'job') throw notFound();
    return build;
  };
  const list = async (c: ApiContext, accept: (build: Build) => boolean) => {
    const wanted = await readParameters(c, Filter);
    const found = db.builds
      .filter(
        (row) =>
          row.kind === 'job' &&
          accept(row) &&
          (wanted.include_retried || !row.retried) &&
          (!wanted.scope || wanted.scope.includes(row.status)),
      )
      .sort((a, b) => b.id - a.id);
    const { page, perPage } = pageOf(c);
    return pageResponse(
      c,
      await Promise.all(found.slice((page - 1) * perPage, page * perPage).map(show)),
      found.length,
    );
  };

  api.get('/projects/:id/jobs', (c) => {
    const { project } = openProject(world, c);
    return list(c, (build) => build.project_id === project.id);
  });
  api.get('/projects/:id/pipelines/:pipeline_id/jobs', (c) => {
    const pipeline = openPipeline(world, c);
    return list(c, (build) => build.pipeline_id === pipeline.id);
  });
  api.get('/projects/:id/jobs/:job_id{[0-9]+}', async (c) => c.json(await show(open(c))));
  api.get('/projects/:id/jobs/:job_id{[0-9]+}/trace', (c) => {
    const build = open(c);
    return c.text(readJobLog(world, build), 200, { 'content-disposition': `infile; filename="${build.id}.log"` });
  });

  const sendArtifacts = async (c: ApiContext, build: Build) => {
    if (!hasArtifacts(build, world.now())) throw notFound();
    const zip = await zipArtifacts(
      artifactsFolder(world.stateDir, build.id),
      join(world.stateDir, 'zips', world.newId()),
    );
    return c.body(new Uint8Array(zip), 200, {
      'content-type': 'application/zip',
      'content-disposition': attachmentNamed(artifactsName(build)),
    });
  };
  api.get('/projects/:id/jobs/:job_id{[0-9]+}/artifacts', (c) => sendArtifacts(c, open(c)));
  api.get('/projects/:id/jobs/:job_id{[0-9]+}/artifacts/:path{.+}', (c) =>
    artifactFile(c, open(c), c.req.param('path') ?? ''),
  );

  const artifactFile = (c: ApiContext, build: Build, path: string) => {
    if (!hasArtifacts(build, world.now())) throw notFound();
    if (path.split('/').includes('..')) throw badRequest('400 Bad request');
    const folder = artifactsFolder(world.stateDir, build.id);
    const file = normalize(join(folder, path));
    if (!file.startsWith(`${folder}/`) || !existsSync(file) || !statSync(file).isFile()) throw notFound();
    return c.body(new Uint8Array(readFileSync(file)), 200, { 'content-type': 'application/octet-stream' });
  };
  /** The newest job of that name in the newest successful pipeline of a branch or a tag. */
  const newestOf = async (c: ApiContext) => {
    const { project } = openProject(world, c);
    const { job } = await readParameters(c, z.object({ job: filledText }));
    const pipelines = db.pipelines
      .filter((row) => row.project_id === project.id && row.ref === c.req.param('ref') && row.status === 'success')
      .sort((a, b) => b.id - a.id);
    for (const pipeline of pipelines) {
      const build = db.builds.find(
        (row) => row.pipeline_id === pipeline.id && row.name === job && !row.retried && hasArtifacts(row, world.now()),
      );
      if (build) return build;
    }
    throw notFound();
  };
  api.get('/projects/:id/jobs/artifacts/:ref/download', async (c) => sendArtifacts(c, await newestOf(c)));
  api.get('/projects/:id/jobs/artifacts/:ref/raw/:path{.+}', async (c) =>
    artifactFile(c, await newestOf(c), c.req.param('path') ?? ''),
  );
  api.delete('/projects/:id/jobs/:job_id/artifacts', (c) => {
    const build = open(c, MAINTAINER);
    rmSync(artifactsFolder(world.stateDir, build.id), { recursive: true, force: true });
    db.builds.update(build.id, { artifacts_bytes: null });
    return c.body(null, 204);
  });
  api.post('/projects/:id/jobs/:job_id/artifacts/keep', async (c) => {
    const build = open(c, DEVELOPER);
    if (!hasArtifacts(build, world.now())) throw notFound();
    return c.json(await show(db.builds.update(build.id, { artifacts_expire_at: null })), 200);
  });
  api.post('/projects/:id/jobs/:job_id/erase', async (c) => {
    const build = open(c, DEVELOPER);
    const { access, user } = openProject(world, c);
    if (access < MAINTAINER && build.user_id !== user?.id) throw forbidden();
    if (!FINISHED.has(build.status) || build.erased_at !== undefined)
      throw new ApiError(403, { message: '403 Forbidden - Job is not erasable!' });
    rmSync(artifactsFolder(world.stateDir, build.id), { recursive: true, force: true });
    eraseJobLog(world, build);
    return c.json(
      await show(db.builds.update(build.id, { artifacts_bytes: null, erased_at: world.now().toISOString() })),
      201,
    );
  });
  api.get('/job', async (c) => {
    requireCaller(c);
    const token = db.tokens.find((row) => row.token === tokenOf(c));
    const build = token?.job_id ? db.builds.get(token.job_id) : undefined;
    if (!build) throw notFound();
    return c.json(await show(build));
  });

  api.post('/projects/:id/jobs/:job_id/play', async (c) => {
    const build = open(c, DEVELOPER);
    const given = await readParameters(
      c,
      z.object({ job_variables_attributes: z.array(z.object({ key: filledText, value: text })).default([]) }),
    );
    if (!isPlayable(build)) throw badRequest('400 Bad request - Unplayable Job');
    if (build.definition && given.job_variables_attributes.length > 0) {
      const added = Object.fromEntries(given.job_variables_attributes.map(({ key, value }) => [key, value]));
      const definition = { ...build.definition, variables: { ...build.definition.variables, ...added } };
      db.builds.update(build.id, { definition });
    }
    return c.json(await show(runner.play(db.builds.require(build.id))), 200);
  });
  api.post('/projects/:id/jobs/:job_id/cancel', async (c) => {
    const build = open(c, DEVELOPER);
    runner.cancel(build);
    return c.json(await show(db.builds.require(build.id)), 201);
  });
  api.post('/projects/:id/jobs/:job_id/retry', async (c) => {
    const build = open(c, DEVELOPER);
    if (!isRetryable(build)) throw new ApiError(403, { message: '403 Forbidden - Job is not retryable' });
    return c.json(await show(runner.retry(build)), 201);
  });
}
