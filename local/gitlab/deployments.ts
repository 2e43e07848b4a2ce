import { expandVariables } from './ci/variables.ts';
import { environmentSlug, guessTier } from './environment-slug.ts';
import { readCommit } from './git/read-objects.ts';
import { deploymentPayload } from './hooks/payload-deployment.ts';
import type { Deployment, Environment } from './rows/deployments.ts';
import type { Build } from './rows/jobs.ts';
import type { World } from './world.ts';

export function ensureEnvironment(
  world: World,
  projectId: number,
  name: string,
  change: Partial<Environment> = {},
): Environment {
  const known = world.db.environments.find((row) => row.project_id === projectId && row.name === name);
  const time = world.now().toISOString();
  if (known)
    return known.state === 'available'
      ? known
      : world.db.environments.update(known.id, { state: 'available', updated_at: time });
  return world.db.environments.insert({
    project_id: projectId,
    name,
    slug: environmentSlug(name),
    external_url: null,
    description: null,
    tier: guessTier(name),
    state: 'available',
    created_at: time,
    updated_at: time,
    ...change,
    id: undefined,
  });
}

const isDone = (status: Deployment['status']) => status === 'success' || status === 'failed' || status === 'canceled';

type NewDeployment = Pick<
  Deployment,
  'project_id' | 'environment_id' | 'user_id' | 'ref' | 'tag' | 'sha' | 'status' | 'build_id'
>;

export function addDeployment(world: World, deployment: NewDeployment): Deployment {
  const time = world.now().toISOString();
  const siblings = world.db.deployments.filter((row) => row.project_id === deployment.project_id);
  const row = world.db.deployments.insert({
    ...deployment,
    iid: Math.max(0, ...siblings.map((other) => other.iid)) + 1,
    created_at: time,
    updated_at: time,
    finished_at: isDone(deployment.status) ? time : null,
  });
  announceDeployment(world, row);
  return row;
}

export function changeDeployment(world: World, deployment: Deployment, status: Deployment['status']): Deployment {
  const time = world.now().toISOString();
  const changed = world.db.deployments.update(deployment.id, {
    status,
    updated_at: time,
    finished_at: isDone(status) ? time : deployment.finished_at,
  });
  announceDeployment(world, changed);
  return changed;
}

/** The newest success is what the environment runs. */
export function lastSuccess(world: World, environmentId: number): Deployment | undefined {
  return world.db.deployments
    .filter((row) => row.environment_id === environmentId && row.status === 'success')
    .sort((a, b) => b.id - a.id)[0];
}

function announceDeployment(world: World, deployment: Deployment): void {
  if (deployment.status === 'created') return;
  const project = world.db.projects.require(deployment.project_id);
  readCommit(world.repositories.path(project), deployment.sha)
    .then((commit) =>
      world.deliveries.announce(project.id, 'deployment_events', () => deploymentPayload(world, deployment, commit)),
    )
    .catch((error: unknown) => console.error(`the hooks could not be told of deployment ${deployment.id}:`, error));
}

const tierOf = (tier: string | null): Partial<Environment> =>
  tier === 'production' || tier === 'staging' || tier === 'testing' || tier === 'development' ? { tier } : {};

/** A job with `environment:` is a deployment for as long as it runs. */
export function startJobDeployment(world: World, build: Build): void {
  const wanted = build.definition?.environment;
  if (wanted?.action !== 'start') return;
  const environment = ensureEnvironment(world, build.project_id, wanted.name, tierOf(wanted.deployment_tier));
  const { tag } = world.db.pipelines.require(build.pipeline_id);
  const { project_id, user_id, ref, sha } = build;
  addDeployment(world, {
    project_id,
    environment_id: environment.id,
    user_id,
    ref,
    tag,
    sha,
    status: 'running',
    build_id: build.id,
  });
}

export function finishJobDeployment(world: World, build: Build): void {
  const about = build.definition?.environment;
  if (about?.action === 'stop' && build.status === 'success') {
    const stopped = world.db.environments.find((row) => row.project_id === build.project_id && row.name === about.name);
    if (stopped) world.db.environments.update(stopped.id, { state: 'stopped', updated_at: world.now().toISOString() });
  }
  const deployment = world.db.deployments.find((row) => row.build_id === build.id && !isDone(row.status));
  if (!deployment) return;
  if (about && build.status === 'success') {
    // An address may name what only the job itself could tell, in its dotenv report.
    const url = about.url && expandVariables({ ...build.dotenv, url: about.url }).url;
    world.db.environments.update(deployment.environment_id, {
      ...(url ? { external_url: url } : {}),
      ...tierOf(about.deployment_tier),
      updated_at: world.now().toISOString(),
    });
  }
  changeDeployment(
    world,
    deployment,
    build.status === 'success' ? 'success' : build.status === 'canceled' ? 'canceled' : 'failed',
  );
}
