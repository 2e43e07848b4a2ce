import type { Build } from '../rows/jobs.ts';
import type { World } from '../world.ts';
import {
  hookRepository,
  hookTime,
  hookUser,
  maybeHookTime,
  type readHookCommit,
  secondsBetween,
} from './payload-parts.ts';
import { RUNNER } from './payload-pipeline.ts';

type HookCommit = Awaited<ReturnType<typeof readHookCommit>>;

/** A `Job Hook` body. `commit.id` is the id of the pipeline, as GitLab has it. */
export function jobPayload(world: Pick<World, 'url' | 'db'>, build: Build, commit: HookCommit) {
  const project = world.db.projects.require(build.project_id);
  const pipeline = world.db.pipelines.require(build.pipeline_id);
  const namespace = world.db.namespaces.get(project.namespace_id);
  const author =
    commit && world.db.users.find((user) => user.email.toLowerCase() === commit.author.email.toLowerCase());
  const environment = build.definition?.environment;
  const stored = environment
    ? world.db.environments.find((row) => row.project_id === build.project_id && row.name === environment.name)
    : undefined;
  const duration = secondsBetween(pipeline.started_at, pipeline.finished_at);
  return {
    object_kind: 'build',
    ref: build.ref,
    tag: pipeline.tag,
    before_sha: pipeline.before_sha,
    sha: build.sha,
    retries_count: world.db.builds.filter(
      (row) => row.pipeline_id === build.pipeline_id && row.name === build.name && row.retried,
    ).length,
    build_id: build.id,
    build_name: build.name,
    build_stage: build.stage,
    build_status: build.status,
    build_created_at: hookTime(build.created_at),
    build_started_at: maybeHookTime(build.started_at),
    build_finished_at: maybeHookTime(build.finished_at),
    build_created_at_iso: build.created_at,
    build_started_at_iso: build.started_at,
    build_finished_at_iso: build.finished_at,
    build_duration: secondsBetween(build.started_at, build.finished_at),
    build_queued_duration: secondsBetween(build.queued_at, build.started_at),
    build_allow_failure: build.allow_failure,
    build_failure_reason: build.failure_reason ?? 'unknown_failure',
    pipeline_id: pipeline.id,
    runner: build.started_at ? RUNNER : null,
    project_id: project.id,
    project_name: `${namespace?.name ?? ''} / ${project.name}`,
    user: hookUser(world, world.db.users.require(build.user_id)),
    commit: {
      id: pipeline.id,
      name: pipeline.name,
      sha: pipeline.sha,
      message: commit?.message ?? null,
      author_name: commit?.author.name ?? null,
      author_email: commit?.author.email ?? null,
      author_url: author ? `${world.url}/${author.username}` : `mailto:${commit?.author.email ?? ''}`,
      status: pipeline.status,
      duration: duration === null ? null : Math.round(duration),
      started_at: maybeHookTime(pipeline.started_at),
      finished_at: maybeHookTime(pipeline.finished_at),
      started_at_iso: pipeline.started_at,
      finished_at_iso: pipeline.finished_at,
    },
    repository: hookRepository(world, project),
    project: {
      id: project.id,
      name: project.name,
      description: project.description,
      web_url: `${world.url}/${project.path_with_namespace}`,
      avatar_url: null,
      git_ssh_url: `git@${new URL(world.url).hostname}:${project.path_with_namespace}.git`,
      git_http_url: `${world.url}/${project.path_with_namespace}.git`,
      namespace: namespace?.name ?? '',
      visibility_level: hookRepository(world, project).visibility_level,
      path_with_namespace: project.path_with_namespace,
      default_branch: project.default_branch,
      ci_config_path: project.ci_config_path,
    },
    environment: environment
      ? {
          name: environment.name,
          action: environment.action,
          deployment_tier: stored?.tier ?? environment.deployment_tier,
        }
      : null,
    source_pipeline: null,
  };
}
