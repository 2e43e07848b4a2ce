import * as z from 'zod';
import { DEVELOPER, MAINTAINER } from '../access.ts';
import { ensureEnvironment, lastSuccess } from '../deployments.ts';
import type { Environment } from '../rows/deployments.ts';
import type { World } from '../world.ts';
import {
  type Api,
  type ApiContext,
  numberInPath,
  openForReading,
  openProject,
  paginate,
  requireUnmodified,
} from './api.ts';
import { badParameter, badRequest, forbidden, notFound } from './api-error.ts';
import { presentDeployment } from './deployments.ts';
import { requireEnvironmentName } from './environment-name.ts';
import { presentSimpleProject } from './present.ts';
import { flag, integer, moment, readParameters, text } from './read-parameters.ts';
import { definedOnly } from './variables.ts';

const Tier = z.enum(['production', 'staging', 'testing', 'development', 'other']);
const Fields = z.object({
  external_url: text.nullable().optional(),
  tier: Tier.optional(),
  description: text.nullable().optional(),
  auto_stop_setting: z.enum(['always', 'with_action']).optional(),
  slug: z.unknown().optional(),
});
const SHORTEST_SEARCH = 3;
const DAY_MS = 86_400_000;

const presentEnvironment = (environment: Environment) => ({
  id: environment.id,
  name: environment.name,
  slug: environment.slug,
  external_url: environment.external_url,
  created_at: environment.created_at,
  updated_at: environment.updated_at,
  description: environment.description,
  tier: environment.tier,
  state: environment.state,
  auto_stop_at: null,
  auto_stop_setting: environment.auto_stop_setting ?? 'always',
});

/** The manual job that `environment:on_stop` of the newest deployment names. */
function stopJobOf(world: World, environment: Environment) {
  const deployed = lastSuccess(world, environment.id)?.build_id;
  const build = deployed ? world.db.builds.get(deployed) : undefined;
  const name = build?.definition?.environment?.on_stop;
  return world.db.builds.find(
    (row) => row.pipeline_id === build?.pipeline_id && row.name === name && row.status === 'manual' && !row.retried,
  );
}

export function routeEnvironments(api: Api, world: World): void {
  const { environments, deployments } = world.db;
  const open = (c: ApiContext, level?: number) => {
    const { project } = level === undefined ? openForReading(world, c) : openProject(world, c, level);
    const environment = environments.get(numberInPath(c, 'environment_id'));
    if (environment?.project_id !== project.id) throw notFound();
    return environment;
  };
  /** Lists and changes tell of the project too; the one environment does not. */
  const show = (environment: Environment) => ({
    ...presentEnvironment(environment),
    project: presentSimpleProject(world, world.db.projects.require(environment.project_id)),
  });
  const refuseScript = (url: string | null | undefined) => {
    if (url && /^\s*(javascript|data|vbscript):/i.test(url))
      throw badRequest({ external_url: [`${url.split(':')[0]} scheme is not allowed`] });
  };
  const refuseSlug = (slug: unknown) => {
    if (slug !== undefined) throw badParameter('slug is automatically generated and cannot be changed');
  };

  api.get('/projects/:id/environments', async (c) => {
    const { project } = openForReading(world, c);
    const wanted = await readParameters(
      c,
      z.object({
        name: text.optional(),
        search: text.optional(),
        states: z.enum(['available', 'stopping', 'stopped']).optional(),
      }),
    );
    if (wanted.name !== undefined && wanted.search !== undefined)
      throw badParameter('name, search cannot be used together');
    if (wanted.search && wanted.search.length < SHORTEST_SEARCH)
      throw badRequest('400 Bad request - Search query is less than 3 characters');
    const found = environments.filter(
      (row) =>
        row.project_id === project.id &&
        (!wanted.name || row.name === wanted.name) &&
        (!wanted.search || row.name.toLowerCase().startsWith(wanted.search.toLowerCase())) &&
        (wanted.states === undefined || row.state === wanted.states),
    );
    return paginate(c, found, show);
  });

  api.get('/projects/:id/environments/:environment_id', async (c) => {
    const environment = open(c);
    const last = lastSuccess(world, environment.id);
    return c.json({
      ...presentEnvironment(environment),
      last_deployment: last ? await presentDeployment(world, last) : null,
    });
  });

  api.post('/projects/:id/environments', async (c) => {
    const { project } = openProject(world, c, DEVELOPER);
    const { name, slug, ...rest } = await readParameters(c, Fields.extend({ name: text }));
    refuseSlug(slug);
    refuseScript(rest.external_url);
    requireEnvironmentName(name);
    if (environments.find((row) => row.project_id === project.id && row.name === name))
      throw badRequest({ name: ['has already been taken'] });
    return c.json(show(ensureEnvironment(world, project.id, name, definedOnly(rest))), 201);
  });

  api.put('/projects/:id/environments/:environment_id', async (c) => {
    const environment = open(c, DEVELOPER);
    const { slug, ...change } = await readParameters(c, Fields);
    refuseSlug(slug);
    refuseScript(change.external_url);
    return c.json(
      show(environments.update(environment.id, { ...definedOnly(change), updated_at: world.now().toISOString() })),
    );
  });

  api.post('/projects/:id/environments/:environment_id/stop', async (c) => {
    const environment = open(c, DEVELOPER);
    const { force } = await readParameters(c, z.object({ force: flag.default(false) }));
    const stopping = force || environment.state === 'stopped' ? undefined : stopJobOf(world, environment);
    if (stopping) {
      const changed = environments.update(environment.id, { state: 'stopping', updated_at: world.now().toISOString() });
      world.runner.play(stopping);
      return c.json(show(environments.get(changed.id) ?? changed), 200);
    }
    return c.json(
      show(environments.update(environment.id, { state: 'stopped', updated_at: world.now().toISOString() })),
      200,
    );
  });

  const stopAll = (rows: Environment[]) => {
    for (const row of rows) environments.update(row.id, { state: 'stopped', updated_at: world.now().toISOString() });
  };
  api.post('/projects/:id/environments/stop_stale', async (c) => {
    const { project } = openProject(world, c, MAINTAINER);
    const { before } = await readParameters(c, z.object({ before: moment }));
    const ageDays = (world.now().getTime() - Date.parse(before)) / DAY_MS;
    if (ageDays < 7 || ageDays > 3650) throw badRequest('400 Bad request - Invalid Date');
    const newestUse = (row: Environment) =>
      [row.updated_at, ...deployments.filter((one) => one.environment_id === row.id).map((one) => one.created_at)]
        .sort()
        .at(-1) ?? row.updated_at;
    stopAll(
      environments.filter(
        (row) =>
          row.project_id === project.id && row.state === 'available' && Date.parse(newestUse(row)) < Date.parse(before),
      ),
    );
    return c.json({ message: 'Successfully scheduled stale environments to stop' }, 200);
  });

  /** Stopped ones in the folder `review`, by default those of at least thirty days. */
  api.delete('/projects/:id/environments/review_apps', async (c) => {
    const { project } = openProject(world, c, DEVELOPER);
    const wanted = await readParameters(
      c,
      z.object({
        before: moment.optional(),
        limit: integer
          .refine((limit) => limit >= 1 && limit <= 1000, {
            params: { outOfList: true },
            error: undefined,
          })
          .default(100),
        dry_run: flag.default(true),
      }),
    );
    const before = wanted.before ? Date.parse(wanted.before) : world.now().getTime() - 30 * DAY_MS;
    const found = environments
      .filter(
        (row) =>
          row.project_id === project.id &&
          row.state === 'stopped' &&
          row.name.startsWith('review/') &&
          Date.parse(row.created_at) < before,
      )
      .slice(0, wanted.limit);
    if (!wanted.dry_run) for (const row of found) remove(row);
    const shown = found.map(({ id, name, slug, external_url }) => ({ id, name, slug, external_url }));
    return c.json({ scheduled_entries: shown, unprocessable_entries: [] });
  });

  const remove = (environment: Environment) => {
    for (const row of deployments.filter((deployment) => deployment.environment_id === environment.id))
      deployments.remove(row.id);
    environments.remove(environment.id);
  };
  api.delete('/projects/:id/environments/:environment_id', (c) => {
    const environment = open(c, DEVELOPER);
    if (environment.state !== 'stopped') throw forbidden();
    requireUnmodified(c, environment.updated_at);
    remove(environment);
    return c.body(null, 204);
  });
}
