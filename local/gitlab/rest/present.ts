import { accessToGroup, membersOf } from '../access.ts';
import type { Commit } from '../git/parse-commit.ts';
import { secondsBetween } from '../hooks/payload-parts.ts';
import { detailedStatus, hasWarnings, RUNNER } from '../hooks/payload-pipeline.ts';
import type { Build } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { fullName, presentNamespace, sharedWith } from './present-group.ts';
import { presentUser } from './present-user.ts';

/** The settings of a project that are kept as given, with the values that a new project has. */
export const PROJECT_SETTINGS: Record<string, boolean | number | string | string[] | null> = {
  topics: [],
  tag_list: [],
  issues_enabled: true,
  merge_requests_enabled: true,
  wiki_enabled: true,
  jobs_enabled: true,
  snippets_enabled: true,
  container_registry_enabled: true,
  service_desk_enabled: false,
  packages_enabled: true,
  lfs_enabled: true,
  request_access_enabled: true,
  shared_runners_enabled: true,
  group_runners_enabled: true,
  public_jobs: true,
  can_create_merge_request_in: true,
  issues_access_level: 'enabled',
  repository_access_level: 'enabled',
  merge_requests_access_level: 'enabled',
  forking_access_level: 'enabled',
  wiki_access_level: 'enabled',
  builds_access_level: 'enabled',
  snippets_access_level: 'enabled',
  pages_access_level: 'private',
  analytics_access_level: 'enabled',
  container_registry_access_level: 'enabled',
  security_and_compliance_access_level: 'private',
  releases_access_level: 'enabled',
  environments_access_level: 'enabled',
  feature_flags_access_level: 'enabled',
  infrastructure_access_level: 'enabled',
  monitor_access_level: 'enabled',
  model_experiments_access_level: 'enabled',
  model_registry_access_level: 'enabled',
  emails_enabled: true,
  only_allow_merge_if_pipeline_succeeds: false,
  allow_merge_on_skipped_pipeline: false,
  only_allow_merge_if_all_discussions_are_resolved: false,
  remove_source_branch_after_merge: true,
  printing_merge_request_link_enabled: true,
  resolve_outdated_diff_discussions: false,
  merge_method: 'merge',
  squash_option: 'default_off',
  suggestion_commit_message: null,
  merge_commit_template: null,
  squash_commit_template: null,
  auto_cancel_pending_pipelines: 'enabled',
  build_timeout: 3600,
  build_git_strategy: 'fetch',
  build_coverage_regex: null,
  ci_default_git_depth: 20,
  ci_forward_deployment_enabled: true,
  ci_job_token_scope_enabled: false,
  ci_separated_caches: true,
  ci_allow_fork_pipelines_to_run_in_parent_project: true,
  keep_latest_artifact: true,
  restrict_user_defined_variables: false,
  enforce_auth_checks_on_uploads: true,
  auto_devops_enabled: false,
  auto_devops_deploy_strategy: 'continuous',
  autoclose_referenced_issues: true,
};

export function presentProject(world: World, project: Project, user: User | undefined) {
  const namespace = world.db.namespaces.require(project.namespace_id);
  const web = `${world.url}/${project.path_with_namespace}`;
  const settings = { ...PROJECT_SETTINGS, ...project.settings };
  const owner = namespace.owner_id ? world.db.users.get(namespace.owner_id) : undefined;
  const direct =
    user && membersOf(world.db, 'project', project.id, world.now(), false).find((row) => row.user.id === user.id);
  const viaGroup =
    user && namespace.kind === 'group'
      ? accessToGroup(world.db, { ...user, is_admin: false }, namespace, world.now())
      : 0;
  const level = (access_level: number | undefined) => (access_level ? { access_level, notification_level: 3 } : null);
  return {
    id: project.id,
    description: project.description,
    name: project.name,
    name_with_namespace: `${fullName(world, namespace)} / ${project.name}`,
    path: project.path,
    path_with_namespace: project.path_with_namespace,
    created_at: project.created_at,
    updated_at: project.last_activity_at,
    default_branch: project.default_branch,
    ssh_url_to_repo: `git@${new URL(world.url).hostname}:${project.path_with_namespace}.git`,
    http_url_to_repo: `${web}.git`,
    web_url: web,
    readme_url: project.readme_path ? `${web}/-/blob/${project.default_branch}/${project.readme_path}` : null,
    avatar_url: null,
    forks_count: 0,
    star_count: project.starrer_ids?.length ?? 0,
    last_activity_at: project.last_activity_at,
    namespace: presentNamespace(world, namespace),
    visibility: project.visibility,
    archived: project.archived,
    empty_repo: Object.keys(project.known_refs).length === 0,
    ...settings,
    tag_list: settings.topics,
    topics: settings.topics,
    creator_id: project.creator_id,
    ci_config_path: project.ci_config_path ?? '',
    import_status: 'none',
    import_url: null,
    import_type: null,
    import_error: null,
    owner: owner ? presentUser(world, owner) : undefined,
    runners_token: undefined,
    shared_with_groups: sharedWith(world, 'project', project.id),
    open_issues_count: world.db.issues.filter((row) => row.project_id === project.id && row.state === 'opened').length,
    _links: {
      self: `${world.url}/api/v4/projects/${project.id}`,
      issues: `${world.url}/api/v4/projects/${project.id}/issues`,
      merge_requests: `${world.url}/api/v4/projects/${project.id}/merge_requests`,
      repo_branches: `${world.url}/api/v4/projects/${project.id}/repository/branches`,
      labels: `${world.url}/api/v4/projects/${project.id}/labels`,
      events: `${world.url}/api/v4/projects/${project.id}/events`,
      members: `${world.url}/api/v4/projects/${project.id}/members`,
    },
    ...(user ? { permissions: { project_access: level(direct?.access_level), group_access: level(viaGroup) } } : {}),
  };
}

/** What `simple`, callers without a token and environments are shown of a project. */
export function presentSimpleProject(world: World, project: Project) {
  const full = presentProject(world, project, undefined);
  return {
    id: full.id,
    description: full.description,
    name: full.name,
    name_with_namespace: full.name_with_namespace,
    path: full.path,
    path_with_namespace: full.path_with_namespace,
    created_at: full.created_at,
    default_branch: full.default_branch,
    tag_list: full.tag_list,
    topics: full.topics,
    ssh_url_to_repo: full.ssh_url_to_repo,
    http_url_to_repo: full.http_url_to_repo,
    web_url: full.web_url,
    readme_url: full.readme_url,
    forks_count: full.forks_count,
    avatar_url: full.avatar_url,
    star_count: full.star_count,
    last_activity_at: full.last_activity_at,
    visibility: full.visibility,
    namespace: full.namespace,
  };
}

/** The REST API writes a commit's times with thousandths, which git doesn't know; webhooks do without. */
export const withThousandths = (time: string) => time.replace(/(?=[+-]\d\d:\d\d$)/, '.000');

export function presentCommit(world: Pick<World, 'url'>, project: Project, commit: Commit) {
  const committed_date = withThousandths(commit.committed_date);
  return {
    ...commit,
    authored_date: withThousandths(commit.authored_date),
    committed_date,
    short_id: commit.id.slice(0, 8),
    created_at: committed_date,
    trailers: {},
    extended_trailers: {},
    web_url: `${world.url}/${project.path_with_namespace}/-/commit/${commit.id}`,
  };
}

export function presentPipeline(world: Pick<World, 'url' | 'db'>, pipeline: Pipeline) {
  const project = world.db.projects.require(pipeline.project_id);
  return {
    id: pipeline.id,
    iid: pipeline.iid,
    project_id: pipeline.project_id,
    sha: pipeline.sha,
    ref: pipeline.ref,
    status: pipeline.status,
    source: pipeline.source,
    created_at: pipeline.created_at,
    updated_at: pipeline.updated_at,
    web_url: `${world.url}/${project.path_with_namespace}/-/pipelines/${pipeline.id}`,
    name: pipeline.name,
  };
}

/** What a pipeline's newest jobs cover on average, in percent. */
export function meanCoverage(builds: readonly Pick<Build, 'coverage'>[]): string | null {
  const known = builds.flatMap(({ coverage }) => (coverage === null ? [] : [coverage]));
  return known.length === 0 ? null : (known.reduce((sum, one) => sum + one, 0) / known.length).toFixed(2);
}

export function presentPipelineFully(world: Pick<World, 'url' | 'db'>, pipeline: Pipeline) {
  const builds = world.db.builds.filter((build) => build.pipeline_id === pipeline.id && !build.retried);
  const label = detailedStatus(pipeline, builds);
  const warned = pipeline.status === 'success' && hasWarnings(builds);
  const duration = secondsBetween(pipeline.started_at, pipeline.finished_at);
  const basic = presentPipeline(world, pipeline);
  return {
    ...basic,
    before_sha: pipeline.before_sha,
    tag: pipeline.tag,
    yaml_errors: pipeline.yaml_errors,
    user: presentUser(world, world.db.users.require(pipeline.user_id)),
    started_at: pipeline.started_at,
    finished_at: pipeline.finished_at,
    committed_at: null,
    duration: duration === null ? null : Math.round(duration),
    queued_duration: secondsBetween(pipeline.created_at, pipeline.started_at),
    coverage: meanCoverage(builds),
    archived: false,
    detailed_status: {
      icon: warned ? 'status_warning' : `status_${pipeline.status}`,
      text: warned ? 'Warning' : (TEXTS[pipeline.status] ?? label.charAt(0).toUpperCase() + label.slice(1)),
      label,
      group: warned ? 'success-with-warnings' : pipeline.status,
      tooltip: warned ? label : (TOOLTIPS[pipeline.status] ?? label),
      has_details: true,
      details_path: new URL(basic.web_url).pathname,
      illustration: null,
      favicon: `/assets/ci_favicons/favicon_status_${pipeline.status}.png`,
    },
  };
}

const TEXTS: Partial<Record<Pipeline['status'], string>> = { manual: 'Blocked', scheduled: 'Delayed' };
const TOOLTIPS: Partial<Record<Pipeline['status'], string>> = { manual: 'blocked', scheduled: 'delayed' };

export const hasArtifacts = (build: Build, now: Date): boolean =>
  build.artifacts_bytes !== null && !(build.artifacts_expire_at && new Date(build.artifacts_expire_at) <= now);

export const artifactsName = (build: Build): string => `${build.artifacts_name ?? 'artifacts'}.zip`;

export function presentJob(world: World, build: Build, commit: Commit | undefined) {
  const kept = hasArtifacts(build, world.now());
  const project = world.db.projects.require(build.project_id);
  const pipeline = world.db.pipelines.require(build.pipeline_id);
  return {
    id: build.id,
    status: build.status,
    stage: build.stage,
    name: build.name,
    ref: build.ref,
    tag: pipeline.tag,
    coverage: build.coverage,
    allow_failure: build.allow_failure,
    created_at: build.created_at,
    started_at: build.started_at,
    finished_at: build.finished_at,
    erased_at: build.erased_at ?? null,
    artifacts_expire_at: build.artifacts_expire_at ?? null,
    duration: secondsBetween(build.started_at, build.finished_at),
    queued_duration: secondsBetween(build.queued_at, build.started_at),
    user: presentUser(world, world.db.users.require(build.user_id)),
    commit: commit ? presentCommit(world, project, commit) : null,
    pipeline: presentPipeline(world, pipeline),
    web_url: `${world.url}/${project.path_with_namespace}/-/jobs/${build.id}`,
    project: { ci_job_token_scope_enabled: false },
    ...(build.failure_reason ? { failure_reason: build.failure_reason } : {}),
    ...(kept ? { artifacts_file: { filename: artifactsName(build), size: build.artifacts_bytes } } : {}),
    artifacts: kept
      ? [{ file_type: 'archive', size: build.artifacts_bytes, filename: artifactsName(build), file_format: 'zip' }]
      : [],
    runner: build.started_at
      ? { ...RUNNER, name: 'gitlab-runner', online: true, status: 'online', paused: false }
      : null,
    runner_manager: null,
    tag_list: [],
    archived: false,
  };
}

export function presentStatus(world: World, build: Build) {
  return {
    id: build.id,
    sha: build.sha,
    ref: build.ref,
    status: build.status,
    name: build.name,
    target_url: build.target_url,
    description: build.description,
    created_at: build.created_at,
    started_at: build.started_at,
    finished_at: build.finished_at,
    allow_failure: build.allow_failure,
    coverage: build.coverage,
    pipeline_id: build.pipeline_id,
    author: presentUser(world, world.db.users.require(build.user_id)),
  };
}
