import * as z from 'zod';
import { DEVELOPER, MAINTAINER } from '../access.ts';
import { addDeployment, changeDeployment, ensureEnvironment, lastSuccess } from '../deployments.ts';
import { isAncestor } from '../git/read-history.ts';
import { readCommit, resolveCommit } from '../git/read-objects.ts';
import { DEPLOYMENT_STATUSES, type Deployment } from '../rows/deployments.ts';
import type { World } from '../world.ts';
import {
  type Api,
  type ApiContext,
  numberInPath,
  openForReading,
  openProject,
  paginate,
  requireCaller,
  requireUnmodified,
} from './api.ts';
import { ApiError, badRequest, forbidden, notFound } from './api-error.ts';
import { requireEnvironmentName } from './environment-name.ts';
import { presentJob } from './present.ts';
import { presentMergeRequest } from './present-merge-request.ts';
import { presentUser } from './present-user.ts';
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

export async function presentDeployment(world: World, deployment: Deployment) {
  const environment = world.db.environments.require(deployment.environment_id);
  const project = world.db.projects.require(deployment.project_id);
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
    deployable: build ? presentJob(world, build, await readCommit(world.repositories.path(project), build.sha)) : null,
    status: deployment.status,
  };
}

interface Filters {
  status?: Deployment['status'] | undefined;
  order_by: string;
  updated_after?: string | undefined;
  updated_before?: string | undefined;
  finished_after?: string | undefined;
  finished_before?: string | undefined;
}

/** Filters and orders that GitLab's tables can't serve together. */
function refuseInefficient(wanted: Filters): void {
  const refuse = (sentence: string) => {
    throw badRequest(`400 Bad request - ${sentence}`);
  };
  const byUpdate = wanted.updated_after !== undefined || wanted.updated_before !== undefined;
  const byFinish = wanted.finished_after !== undefined || wanted.finished_before !== undefined;
  const finished = ['success', 'failed', 'canceled'].includes(wanted.status ?? '');
  if (byUpdate && byFinish) refuse('Both `updated_at` filter and `finished_at` filter can not be specified');
  if (byUpdate && wanted.order_by !== 'updated_at') refuse('`updated_at` filter requires `updated_at` sort');
  if (byFinish && wanted.order_by !== 'finished_at') refuse('`finished_at` filter requires `finished_at` sort.');
  if (wanted.order_by === 'finished_at' && !byFinish && !finished)
    refuse('`finished_at` sort requires `finished_at` filter or a filter with at least one of the finished statuses.');
  if (byFinish && wanted.status !== 'success')
    refuse('`finished_at` filter must be combined with `success` status filter.');
}

export function routeDeployments(api: Api, world: World): void {
  const { deployments, environments } = world.db;
  const open = (c: ApiContext, level?: number) => {
    const { project } = level === undefined ? openForReading(world, c) : openProject(world, c, level);
    const deployment = deployments.get(numberInPath(c, 'deployment_id'));
    if (deployment?.project_id !== project.id) throw notFound();
    return deployment;
  };

  api.get('/projects/:id/deployments', async (c) => {
    const { project } = openForReading(world, c);
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
    refuseInefficient(wanted);
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
    // Whatever the direction, of several updates at one time the newest deployment comes first.
    const ofOneTime = (a: Deployment, b: Deployment) =>
      key === 'updated_at' ? b.id - a.id : direction * (a.id - b.id);
    found.sort((a, b) => {
      const [one, other] = [a[key] ?? '', b[key] ?? ''];
      return one === other ? ofOneTime(a, b) : direction * (one < other ? -1 : 1);
    });
    return paginate(c, found, (row) => presentDeployment(world, row));
  });

  api.get('/projects/:id/deployments/:deployment_id', async (c) => c.json(await presentDeployment(world, open(c))));

  api.get('/projects/:id/deployments/:deployment_id/merge_requests', async (c) => {
    const { project, repository } = openForReading(world, c);
    const deployment = open(c);
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
    const { repository, project } = openProject(world, c, DEVELOPER);
    const given = await readParameters(
      c,
      z.object({ environment: filledText, sha: filledText, ref: filledText, tag: flag, status: Status }),
    );
    const sha = await resolveCommit(repository, given.sha);
    if (!sha) throw badRequest({ sha: ['The commit does not exist'] });
    if (!(await resolveCommit(repository, given.ref))) throw badRequest({ ref: ['The branch or tag does not exist'] });
    requireEnvironmentName(given.environment);
    const environment = ensureEnvironment(world, project.id, given.environment);
    const last = lastSuccess(world, environment.id);
    if (given.status === 'success' && last?.sha === sha && last.ref === given.ref && last.tag === given.tag) {
      return c.json(await presentDeployment(world, last), 201);
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
    return c.json(await presentDeployment(world, deployment), 201);
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
    return c.json(await presentDeployment(world, changeDeployment(world, deployment, status)));
  });

  api.delete('/projects/:id/deployments/:deployment_id', (c) => {
    const { access } = openProject(world, c);
    const deployment = open(c, 0);
    if (access < MAINTAINER) throw forbidden();
    requireUnmodified(c, deployment.updated_at);
    if (deployment.status === 'running') throw badRequest('Cannot destroy running deployment');
    if (lastSuccess(world, deployment.environment_id)?.id === deployment.id)
      throw badRequest('Deployment currently deployed to environment');
    deployments.remove(deployment.id);
    return c.body(null, 204);
  });
}
