import * as z from 'zod';
import { DEVELOPER, MAINTAINER, REPORTER } from '../access.ts';
import { addDeployment, changeDeployment, ensureEnvironment, lastSuccess } from '../deployments.ts';
import { isAncestor, resolveCommit } from '../git/read-objects.ts';
import { DEPLOYMENT_STATUSES, type Deployment } from '../rows.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openProject, paginate, requireCaller } from './api.ts';
import { ApiError, badRequest, forbidden, notFound } from './api-error.ts';
import { presentMergeRequest } from './merge-requests.ts';
import { presentUser } from './present.ts';
import { filledText, flag, moment, readParameters, text } from './read-parameters.ts';

const Status = z.enum(['running', 'success', 'failed', 'canceled']);
type Status = z.infer<typeof Status>;

const EVENTS: Record<Status, { event: string; allowed(from: Deployment['status']): boolean }> = {
  running: { event: 'run', allowed: (from) => from === 'created' || from === 'blocked' || from === 'skipped' },
  success: { event: 'succeed', allowed: (from) => from !== 'success' },
  failed: { event: 'drop', allowed: (from) => from !== 'failed' },
  canceled: { event: 'cancel', allowed: (from) => from !== 'canceled' },
};

/** Whether a deployment may change so; else what GitLab says of the status. */
export function refusedChange(from: Deployment['status'], to: Status): string | undefined {
  return EVENTS[to].allowed(from) ? undefined : `cannot transition via "${EVENTS[to].event}"`;
}

export function presentDeployment(world: World, deployment: Deployment) {
  const environment = world.db.environments.require(deployment.environment_id);
  const build = deployment.build_id ? world.db.builds.get(deployment.build_id) : undefined;
  return {
    id: deployment.id,
    iid: deployment.iid,
    ref: deployment.ref,
    sha: deployment.sha,
    created_at: deployment.created_at,
    updated_at: deployment.updated_at,
    user: presentUser(world, world.db.users.require(deployment.user_id)),
    environment: {
      id: environment.id,
      name: environment.name,
      slug: environment.slug,
      external_url: environment.external_url,
    },
    deployable: build
      ? { id: build.id, status: build.status, stage: build.stage, name: build.name, ref: build.ref }
      : null,
    status: deployment.status,
  };
}

export function routeDeployments(api: Api, world: World): void {
  const { deployments, environments } = world.db;
  const open = (c: ApiContext, level: number) => {
    const { project } = openProject(world, c, level);
    const deployment = deployments.get(numberInPath(c, 'deployment_id'));
    if (deployment?.project_id !== project.id) throw notFound();
    return deployment;
  };

  api.get('/projects/:id/deployments', async (c) => {
    const { project } = openProject(world, c, REPORTER);
    const wanted = await readParameters(
      c,
      z.object({
        environment: text.optional(),
        status: z.enum(DEPLOYMENT_STATUSES).optional(),
        order_by: z.enum(['id', 'iid', 'created_at', 'updated_at', 'ref', 'finished_at']).default('id'),
        sort: z.enum(['asc', 'desc']).default('asc'),
        updated_after: moment.optional(),
        updated_before: moment.optional(),
        finished_after: moment.optional(),
        finished_before: moment.optional(),
      }),
    );
    if ((wanted.updated_after || wanted.updated_before) && wanted.order_by !== 'updated_at') {
      throw badRequest('400 Bad request - `updated_at` filter requires `updated_at` sort');
    }
    const after = wanted.updated_after ? Date.parse(wanted.updated_after) : Number.NEGATIVE_INFINITY;
    const found = deployments.filter(
      (row) =>
        row.project_id === project.id &&
        (!wanted.status || row.status === wanted.status) &&
        (!wanted.environment || environments.get(row.environment_id)?.name === wanted.environment) &&
        (!wanted.updated_before || Date.parse(row.updated_at) <= Date.parse(wanted.updated_before)) &&
        (!wanted.finished_after || Date.parse(row.finished_at ?? '') >= Date.parse(wanted.finished_after)) &&
        (!wanted.finished_before || Date.parse(row.finished_at ?? '') <= Date.parse(wanted.finished_before)) &&
        Date.parse(row.updated_at) > after,
    );
    const key = wanted.order_by;
    const direction = wanted.sort === 'asc' ? 1 : -1;
    found.sort(
      (a, b) => direction * ((a[key] ?? '') < (b[key] ?? '') ? -1 : (a[key] ?? '') > (b[key] ?? '') ? 1 : a.id - b.id),
    );
    return paginate(c, found, (row) => presentDeployment(world, row));
  });

  api.get('/projects/:id/deployments/:deployment_id', (c) => c.json(presentDeployment(world, open(c, REPORTER))));

  api.get('/projects/:id/deployments/:deployment_id/merge_requests', async (c) => {
    const { project, repository } = openProject(world, c, REPORTER);
    const deployment = open(c, REPORTER);
    const before = deployments
      .filter(
        (row) => row.environment_id === deployment.environment_id && row.status === 'success' && row.id < deployment.id,
      )
      .at(-1);
    const shipped = [];
    for (const row of world.db.mergeRequests.filter((one) => one.project_id === project.id && one.state === 'merged')) {
      const sha = row.merge_commit_sha ?? row.sha;
      if (!(await isAncestor(repository, sha, deployment.sha))) continue;
      if (!before || !(await isAncestor(repository, sha, before.sha))) shipped.push(row);
    }
    return paginate(c, shipped.reverse(), (row) => presentMergeRequest(world, row));
  });

  api.post('/projects/:id/deployments', async (c) => {
    const { project, repository } = openProject(world, c, DEVELOPER);
    const given = await readParameters(
      c,
      z.object({ environment: filledText, sha: filledText, ref: filledText, tag: flag, status: Status }),
    );
    const sha = await resolveCommit(repository, given.sha);
    const refName = `refs/${given.tag ? 'tags' : 'heads'}/${given.ref}`;
    if (!sha || sha !== given.sha) throw badRequest({ sha: ['The commit does not exist'] });
    if (!project.known_refs[refName]) throw badRequest({ ref: [`The ${given.tag ? 'tag' : 'branch'} does not exist`] });
    const environment = ensureEnvironment(world, project.id, given.environment);
    const last = lastSuccess(world, environment.id);
    if (given.status === 'success' && last?.sha === sha && last.ref === given.ref && last.tag === given.tag) {
      return c.json(presentDeployment(world, last), 201);
    }
    const { ref, tag, status } = given;
    const deployment = addDeployment(world, {
      project_id: project.id,
      environment_id: environment.id,
      user_id: requireCaller(c).id,
      ref,
      tag,
      sha,
      status,
      build_id: null,
    });
    return c.json(presentDeployment(world, deployment), 201);
  });

  api.put('/projects/:id/deployments/:deployment_id', async (c) => {
    const deployment = open(c, DEVELOPER);
    const { status } = await readParameters(c, z.object({ status: Status }));
    if (deployment.build_id) {
      throw new ApiError(403, {
        message: '403 Forbidden - Deployments created using GitLab CI can not be updated using the API',
      });
    }
    const refusal = refusedChange(deployment.status, status);
    if (refusal) throw badRequest({ status: [refusal] });
    return c.json(presentDeployment(world, changeDeployment(world, deployment, status)));
  });

  api.delete('/projects/:id/deployments/:deployment_id', (c) => {
    const { access } = openProject(world, c, DEVELOPER);
    const deployment = open(c, DEVELOPER);
    if (access < MAINTAINER) throw forbidden();
    if (deployment.status === 'running') throw badRequest('Cannot destroy running deployment');
    if (lastSuccess(world, deployment.environment_id)?.id === deployment.id)
      throw badRequest('Deployment currently deployed to environment');
    deployments.remove(deployment.id);
    return c.body(null, 204);
  });
}
