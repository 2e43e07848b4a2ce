import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import * as z from 'zod';
import { DEVELOPER } from '../access.ts';
import { artifactsFolder, zipArtifacts } from '../ci/artifacts.ts';
import { readJobLog } from '../ci/job-log.ts';
import { FINISHED } from '../ci/pipeline-status.ts';
import { readCommit } from '../git/read-objects.ts';
import { type Build, RUN_STATUSES } from '../rows.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openProject, pageOf, pageResponse } from './api.ts';
import { forbidden, notFound } from './api-error.ts';
import { openPipeline } from './pipelines.ts';
import { presentJob } from './present.ts';
import { flag, readParameters } from './read-parameters.ts';

const Status = z.enum(RUN_STATUSES);
const Filter = z.object({
  scope: z.union([Status.transform((status) => [status]), z.array(Status)]).optional(),
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
  api.get('/projects/:id/jobs/:job_id', async (c) => c.json(await show(open(c))));
  api.get('/projects/:id/jobs/:job_id/trace', (c) => c.text(readJobLog(world, open(c))));

  api.get('/projects/:id/jobs/:job_id/artifacts', async (c) => {
    const build = open(c);
    if (build.artifacts_bytes === null) throw notFound();
    const zip = await zipArtifacts(
      artifactsFolder(world.stateDir, build.id),
      join(world.stateDir, 'zips', world.newId()),
    );
    return c.body(new Uint8Array(zip), 200, {
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="artifacts.zip"',
    });
  });

  api.get('/projects/:id/jobs/:job_id/artifacts/:path{.+}', (c) => {
    const folder = artifactsFolder(world.stateDir, open(c).id);
    const file = normalize(join(folder, c.req.param('path')));
    if (!file.startsWith(`${folder}/`) || !existsSync(file) || !statSync(file).isFile()) throw notFound();
    return c.body(new Uint8Array(readFileSync(file)), 200, { 'content-type': 'application/octet-stream' });
  });

  api.post('/projects/:id/jobs/:job_id/play', async (c) => {
    const build = open(c, DEVELOPER);
    if (build.status !== 'manual') return c.json({ message: '400 Bad request - Unplayable Job' }, 400);
    return c.json(await show(runner.play(build)));
  });
  api.post('/projects/:id/jobs/:job_id/cancel', async (c) => {
    const build = open(c, DEVELOPER);
    runner.cancel(build);
    return c.json(await show(db.builds.require(build.id)), 201);
  });
  api.post('/projects/:id/jobs/:job_id/retry', async (c) => {
    const build = open(c, DEVELOPER);
    if (!FINISHED.has(build.status) || build.retried) throw forbidden();
    return c.json(await show(runner.retry(build)), 201);
  });
}
