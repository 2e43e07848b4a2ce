import type { Commit } from '../git/parse-commit.ts';
import type { Deployment } from '../rows/deployments.ts';
import type { World } from '../world.ts';
import { commitUrl, hookProject, hookTime, hookUser } from './payload-parts.ts';

/** A `Deployment Hook` body: flat, with eight characters of the SHA. */
export function deploymentPayload(
  world: Pick<World, 'url' | 'db'>,
  deployment: Deployment,
  commit: Commit | undefined,
) {
  const project = world.db.projects.require(deployment.project_id);
  const environment = world.db.environments.require(deployment.environment_id);
  const user = world.db.users.require(deployment.user_id);
  return {
    object_kind: 'deployment',
    status: deployment.status,
    status_changed_at: hookTime(deployment.updated_at),
    deployment_id: deployment.id,
    deployable_id: deployment.build_id,
    deployable_url: deployment.build_id
      ? `${world.url}/${project.path_with_namespace}/-/jobs/${deployment.build_id}`
      : null,
    environment: environment.name,
    environment_tier: environment.tier,
    environment_slug: environment.slug,
    environment_external_url: environment.external_url,
    project: hookProject(world, project),
    short_sha: deployment.sha.slice(0, 8),
    user: hookUser(world, user),
    user_url: `${world.url}/${user.username}`,
    commit_url: commitUrl(world, project, deployment.sha),
    commit_title: commit?.title ?? null,
    ref: deployment.ref,
  };
}
