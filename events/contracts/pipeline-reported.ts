import * as z from 'zod';
import { CommitSha, Timestamp } from '../../shared/domain/identifiers.ts';
import { GitlabUser } from '../../shared/domain/run.ts';
import type { GitlabPipelineHook } from './gitlab-pipeline-hook.ts';

/** Jobs of one pipeline that are kept; with names of at most 64 characters the fact stays below 8 KB. */
const MAX_JOBS = 20;

/** `PipelineReported.v1`: GitLab has told of a pipeline that ended. Parsed facts of the webhook, at most 8 KB. */
export const PipelineReported = z.object({
  deliveryId: z.string(),
  occurredAt: Timestamp,
  project: z.object({ id: z.number().int(), path: z.string() }),
  pipeline: z.object({
    id: z.number().int(),
    ref: z.string(),
    tag: z.boolean(),
    sha: CommitSha,
    source: z.string(),
    status: z.string(),
    /** Missing where GitLab is too old to say it. */
    protectedRef: z.boolean().optional(),
    url: z.string().optional(),
  }),
  user: GitlabUser,
  commit: z.object({ title: z.string(), author: z.object({ name: z.string(), email: z.string() }) }),
  /** Whether another pipeline started this one. */
  isChild: z.boolean(),
  jobs: z.array(z.object({ name: z.string(), status: z.string() })).max(MAX_JOBS),
  mergeRequestIid: z.number().int().optional(),
});
export type PipelineReported = z.infer<typeof PipelineReported>;

/** What is kept of a pipeline hook; `deliveryId` is its `Idempotency-Key`. Long texts of people are cut. */
export function pipelineReportedOf(hook: GitlabPipelineHook, deliveryId: string, occurredAt: string): PipelineReported {
  const { object_attributes: pipeline, project, user, commit, merge_request: mergeRequest } = hook;
  return {
    deliveryId,
    occurredAt,
    project: { id: project.id, path: project.path_with_namespace },
    pipeline: {
      id: pipeline.id,
      ref: pipeline.ref,
      tag: pipeline.tag,
      sha: pipeline.sha,
      source: pipeline.source,
      status: pipeline.status,
      ...(typeof pipeline.protected_ref === 'boolean' && { protectedRef: pipeline.protected_ref }),
      ...(typeof pipeline.url === 'string' && { url: pipeline.url.slice(0, 500) }),
    },
    user: { id: user.id, username: user.username.slice(0, 128), name: user.name.slice(0, 128) },
    commit: {
      title: (commit.title ?? commit.message.split('\n')[0] ?? '').slice(0, 255),
      author: { name: commit.author.name.slice(0, 128), email: commit.author.email.slice(0, 128) },
    },
    isChild: (hook.source_pipeline ?? undefined) !== undefined || pipeline.source === 'parent_pipeline',
    jobs: packageFirst(hook.builds)
      .slice(0, MAX_JOBS)
      .map(({ name, status }) => ({ name: name.slice(0, 64), status })),
    ...(mergeRequest && { mergeRequestIid: mergeRequest.iid }),
  };
}

/** A pipeline of hundreds of jobs must not lose the one that decides. */
function packageFirst<Job extends { name: string }>(jobs: readonly Job[]): Job[] {
  return [...jobs].sort((a, b) => Number(b.name === 'package') - Number(a.name === 'package'));
}
