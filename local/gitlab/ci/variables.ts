import { environmentSlug, guessTier } from '../environment-slug.ts';
import type { Commit } from '../git/parse-commit.ts';
import { matchesWildcard } from '../match-pattern.ts';
import type { Build } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { Project, Variable } from '../rows/projects.ts';
import { GITLAB_VERSION, type World } from '../world.ts';
import { mergeRequestVariables } from './merge-request-variables.ts';

const slug = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');

/** The predefined variables that are known before any job runs; these also decide the rules. */
export function pipelineVariables(
  world: Pick<World, 'url' | 'db'>,
  project: Project,
  pipeline: Pipeline,
  commit: Commit | undefined,
): Record<string, string> {
  const server = new URL(world.url);
  const user = world.db.users.require(pipeline.user_id);
  const web = `${world.url}/${project.path_with_namespace}`;
  const own = pipeline.merge_request && world.db.mergeRequests.get(pipeline.merge_request.id);
  const branch = own?.source_branch ?? pipeline.ref;
  const namespace = project.path_with_namespace.split('/').slice(0, -1).join('/');
  return {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_SERVER: 'yes',
    CI_SERVER_NAME: 'GitLab',
    CI_SERVER_URL: world.url,
    CI_SERVER_HOST: server.hostname,
    CI_SERVER_PORT: server.port || (server.protocol === 'https:' ? '443' : '80'),
    CI_SERVER_PROTOCOL: server.protocol.replace(':', ''),
    CI_SERVER_FQDN: server.host,
    CI_SERVER_VERSION: GITLAB_VERSION,
    CI_SERVER_VERSION_MAJOR: GITLAB_VERSION.split('.')[0] ?? '',
    CI_API_V4_URL: `${world.url}/api/v4`,
    CI_PROJECT_ID: String(project.id),
    CI_PROJECT_NAME: project.path,
    CI_PROJECT_TITLE: project.name,
    CI_PROJECT_PATH: project.path_with_namespace,
    CI_PROJECT_PATH_SLUG: slug(project.path_with_namespace),
    CI_PROJECT_NAMESPACE: namespace,
    CI_PROJECT_NAMESPACE_ID: String(project.namespace_id),
    CI_PROJECT_ROOT_NAMESPACE: namespace.split('/')[0] ?? '',
    CI_PROJECT_URL: web,
    CI_PROJECT_VISIBILITY: project.visibility,
    CI_DEFAULT_BRANCH: project.default_branch,
    CI_CONFIG_PATH: project.ci_config_path ?? '.gitlab-ci.yml',
    CI_PIPELINE_ID: String(pipeline.id),
    CI_PIPELINE_IID: String(pipeline.iid),
    CI_PIPELINE_SOURCE: pipeline.source,
    CI_PIPELINE_URL: `${web}/-/pipelines/${pipeline.id}`,
    CI_PIPELINE_CREATED_AT: pipeline.created_at,
    ...(pipeline.name ? { CI_PIPELINE_NAME: pipeline.name } : {}),
    ...(pipeline.source === 'trigger' ? { CI_PIPELINE_TRIGGERED: 'true' } : {}),
    CI_COMMIT_SHA: pipeline.sha,
    CI_COMMIT_SHORT_SHA: pipeline.sha.slice(0, 8),
    CI_COMMIT_BEFORE_SHA: pipeline.before_sha,
    CI_COMMIT_REF_NAME: branch,
    CI_COMMIT_REF_SLUG: slug(branch),
    CI_COMMIT_REF_PROTECTED: String(pipeline.protected_ref),
    CI_COMMIT_AUTHOR: commit ? `${commit.author_name} <${commit.author_email}>` : '',
    CI_COMMIT_MESSAGE: commit?.message ?? '',
    CI_COMMIT_TITLE: commit?.title ?? '',
    CI_COMMIT_DESCRIPTION: commit?.message.split('\n').slice(1).join('\n').trim() ?? '',
    CI_COMMIT_TIMESTAMP: commit?.committed_date ?? '',
    ...(pipeline.tag ? { CI_COMMIT_TAG: pipeline.ref } : own ? {} : { CI_COMMIT_BRANCH: pipeline.ref }),
    ...mergeRequestVariables(world, project, pipeline),
    GITLAB_USER_ID: String(user.id),
    GITLAB_USER_LOGIN: user.username,
    GITLAB_USER_NAME: user.name,
    GITLAB_USER_EMAIL: user.email,
  };
}

/** The predefined variables of one job. */
export function jobVariables(
  world: Pick<World, 'url'>,
  project: Project,
  build: Build,
  token: string,
  projectDir: string,
): Record<string, string> {
  const environment = build.definition?.environment;
  return {
    CI_JOB_ID: String(build.id),
    CI_JOB_NAME: build.name,
    CI_JOB_NAME_SLUG: slug(build.name),
    CI_JOB_STAGE: build.stage,
    CI_JOB_URL: `${world.url}/${project.path_with_namespace}/-/jobs/${build.id}`,
    CI_JOB_TOKEN: token,
    CI_JOB_TIMEOUT: String(build.definition?.timeoutSeconds ?? ''),
    ...(build.definition?.when === 'manual' ? { CI_JOB_MANUAL: 'true' } : {}),
    CI_JOB_STARTED_AT: build.started_at ?? '',
    CI_PROJECT_DIR: projectDir,
    CI_BUILDS_DIR: projectDir.split('/').slice(0, -1).join('/'),
    CI_REPOSITORY_URL: `${world.url.replace('://', `://gitlab-ci-token:${token}@`)}/${project.path_with_namespace}.git`,
    CI_RUNNER_ID: '1',
    CI_RUNNER_DESCRIPTION: 'local shell runner',
    CI_RUNNER_TAGS: '[]',
    CI_NODE_TOTAL: '1',
    ...(environment
      ? {
          CI_ENVIRONMENT_NAME: environment.name,
          CI_ENVIRONMENT_SLUG: environmentSlug(environment.name),
          CI_ENVIRONMENT_ACTION: environment.action,
          ...(environment.url ? { CI_ENVIRONMENT_URL: environment.url } : {}),
          CI_ENVIRONMENT_TIER: environment.deployment_tier ?? guessTier(environment.name),
        }
      : {}),
  };
}

/** Variables set for the instance, the groups and the project, the nearest one last. */
export function configuredVariables(
  world: Pick<World, 'db' | 'ciEnv'>,
  project: Project,
  protectedRef: boolean,
  environment: string | undefined,
): { values: Record<string, string>; files: Record<string, string>; raw: string[] } {
  const groups: number[] = [];
  for (
    let next = world.db.namespaces.get(project.namespace_id);
    next;
    next = next.parent_id ? world.db.namespaces.get(next.parent_id) : undefined
  ) {
    groups.unshift(next.id);
  }
  const of = (source: Variable['source'], id: number) =>
    world.db.variables.filter((variable) => variable.source === source && variable.source_id === id);
  const found = [of('instance', 0), ...groups.map((id) => of('group', id)), of('project', project.id)].flat();
  const usable = found.filter(
    (variable) =>
      (!variable.protected || protectedRef) && matchesWildcard(variable.environment_scope, environment ?? ''),
  );
  const values: Record<string, string> = { ...world.ciEnv };
  const files: Record<string, string> = {};
  for (const variable of usable) (variable.variable_type === 'file' ? files : values)[variable.key] = variable.value;
  const raw = [
    ...Object.keys(world.ciEnv),
    ...usable.filter((variable) => variable.raw).map((variable) => variable.key),
  ];
  return { values, files, raw };
}

/**
 * Expands `$NAME` and `${NAME}` in the values of variables that are not raw; `$$` stands for one dollar, a cycle for
 * nothing.
 */
export function expandVariables(
  variables: Record<string, string>,
  raw: ReadonlySet<string> = new Set(),
): Record<string, string> {
  const expand = (text: string, seen: readonly string[]): string =>
    text.replace(/\$\$|\$\{(\w+)\}|\$(\w+)/g, (whole, braced, bare) => {
      if (whole === '$$') return '$';
      const name = String(braced ?? bare);
      const value = variables[name];
      if (value === undefined) return whole;
      if (raw.has(name)) return value;
      return seen.includes(name) ? '' : expand(value, [...seen, name]);
    });
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, raw.has(name) ? value : expand(value, [name])]),
  );
}
