import type { Build } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { Project } from '../rows/projects.ts';
import type { World } from '../world.ts';

/** The claims of a job's ID token, named and shaped as GitLab's. Times are Unix seconds. */
export function idTokenClaims(
  world: Pick<World, 'url' | 'db' | 'now' | 'newId'>,
  project: Project,
  pipeline: Pipeline,
  build: Build,
  audience: string | string[],
): Record<string, unknown> {
  const user = world.db.users.require(build.user_id);
  const seconds = Math.floor(world.now().getTime() / 1000);
  const refType = pipeline.tag ? 'tag' : 'branch';
  const server = new URL(world.url).host;
  const configPath = project.ci_config_path ?? '.gitlab-ci.yml';
  const environment = build.definition?.environment;
  const stored = environment
    ? world.db.environments.find((row) => row.project_id === project.id && row.name === environment.name)
    : undefined;
  const namespace = project.path_with_namespace.split('/').slice(0, -1).join('/');
  return {
    iss: world.url,
    aud: audience,
    sub: `project_path:${project.path_with_namespace}:ref_type:${refType}:ref:${pipeline.ref}`,
    iat: seconds,
    nbf: seconds - 5,
    exp: seconds + Math.ceil(build.definition?.timeoutSeconds ?? 3600),
    jti: world.newId(),
    namespace_id: String(project.namespace_id),
    namespace_path: namespace,
    project_id: String(project.id),
    project_path: project.path_with_namespace,
    project_visibility: project.visibility,
    user_id: String(user.id),
    user_login: user.username,
    user_email: user.email,
    user_access_level: null,
    pipeline_id: String(pipeline.id),
    pipeline_source: pipeline.source,
    job_id: String(build.id),
    ref: pipeline.ref,
    ref_type: refType,
    ref_path: `refs/${pipeline.tag ? 'tags' : 'heads'}/${pipeline.ref}`,
    ref_protected: String(pipeline.protected_ref),
    runner_id: 1,
    runner_environment: 'self-hosted',
    sha: pipeline.sha,
    ci_config_ref_uri: `${server}/${project.path_with_namespace}//${configPath}@refs/${pipeline.tag ? 'tags' : 'heads'}/${pipeline.ref}`,
    ci_config_sha: pipeline.sha,
    ...(environment
      ? {
          environment: environment.name,
          environment_protected: 'false',
          environment_action: environment.action,
          ...(stored ? { deployment_tier: stored.tier } : {}),
        }
      : {}),
  };
}
