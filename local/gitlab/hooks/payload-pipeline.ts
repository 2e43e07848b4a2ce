import type { Build, RunStatus } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { World } from '../world.ts';
import {
  hookProject,
  hookTime,
  hookUser,
  maybeHookTime,
  type readHookCommit,
  secondsBetween,
} from './payload-parts.ts';

const LABELS: Partial<Record<RunStatus, string>> = {
  success: 'passed',
  manual: 'waiting for manual action',
  scheduled: 'waiting for delayed job',
};

/** The label a person reads; never meant to be decided on. */
export function detailedStatus(pipeline: Pipeline, builds: Build[]): string {
  if (pipeline.status === 'success' && hasWarnings(builds)) return 'passed with warnings';
  return LABELS[pipeline.status] ?? pipeline.status;
}

export const hasWarnings = (builds: Build[]): boolean =>
  builds.some((build) => build.status === 'failed' && build.allow_failure);

type HookCommit = Awaited<ReturnType<typeof readHookCommit>>;

/** A `Pipeline Hook` body; `commit` is read beforehand because git answers asynchronously. */
export function pipelinePayload(world: Pick<World, 'url' | 'db'>, pipeline: Pipeline, commit: HookCommit) {
  const project = world.db.projects.require(pipeline.project_id);
  const builds = world.db.builds
    .filter((build) => build.pipeline_id === pipeline.id && !build.retried)
    .sort((a, b) => b.id - a.id);
  return {
    object_kind: 'pipeline',
    object_attributes: {
      id: pipeline.id,
      iid: pipeline.iid,
      name: pipeline.name,
      ref: pipeline.ref,
      tag: pipeline.tag,
      sha: pipeline.sha,
      before_sha: pipeline.before_sha,
      source: pipeline.source,
      status: pipeline.status,
      detailed_status: detailedStatus(pipeline, builds),
      stages: pipeline.stages,
      created_at: hookTime(pipeline.created_at),
      finished_at: maybeHookTime(pipeline.finished_at),
      duration: pipeline.finished_at
        ? Math.round(secondsBetween(pipeline.started_at, pipeline.finished_at) ?? 0)
        : null,
      queued_duration: roundedSeconds(pipeline.created_at, pipeline.started_at),
      protected_ref: pipeline.protected_ref,
      variables: pipeline.variables,
      url: `${world.url}/${project.path_with_namespace}/-/pipelines/${pipeline.id}`,
    },
    merge_request: null,
    user: hookUser(world, world.db.users.require(pipeline.user_id)),
    project: hookProject(world, project),
    commit,
    builds: builds.filter((build) => build.kind === 'job').map((build) => hookBuild(world, build)),
  };
}

function roundedSeconds(from: string | null, to: string | null): number | null {
  const seconds = secondsBetween(from, to);
  return seconds === null ? null : Math.round(seconds);
}

function hookBuild(world: Pick<World, 'url' | 'db'>, build: Build) {
  const environment = build.definition?.environment;
  const stored = environment
    ? world.db.environments.find((row) => row.project_id === build.project_id && row.name === environment.name)
    : undefined;
  return {
    id: build.id,
    stage: build.stage,
    name: build.name,
    status: build.status,
    created_at: hookTime(build.created_at),
    started_at: maybeHookTime(build.started_at),
    finished_at: maybeHookTime(build.finished_at),
    duration: secondsBetween(build.started_at, build.finished_at),
    queued_duration: secondsBetween(build.queued_at, build.started_at),
    failure_reason: build.failure_reason,
    when: build.definition?.when ?? 'on_success',
    manual: build.definition?.when === 'manual',
    allow_failure: build.allow_failure,
    user: hookUser(world, world.db.users.require(build.user_id)),
    runner: build.started_at ? RUNNER : null,
    artifacts_file:
      build.artifacts_bytes === null
        ? { filename: null, size: null }
        : { filename: 'artifacts.zip', size: build.artifacts_bytes },
    environment: environment
      ? {
          name: environment.name,
          action: environment.action,
          deployment_tier: stored?.tier ?? environment.deployment_tier,
        }
      : null,
  };
}

export const RUNNER = {
  id: 1,
  description: 'local shell runner',
  runner_type: 'instance_type',
  active: true,
  is_shared: true,
  tags: [] as string[],
};
