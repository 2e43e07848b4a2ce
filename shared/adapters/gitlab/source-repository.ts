import * as z from 'zod';
import { NotFound, PermissionRefused } from '../../domain/faults.ts';
import { ChangedCommit } from '../../domain/review.ts';
import type { SourceRepository } from '../../ports/gitlab.ts';
import { apiPath, type GitlabClient } from './client.ts';
import { EmbeddedUser } from './gitlab-user.ts';

/** A history longer than this is not read: four eyes over it would mean everybody. */
const MAX_COMMITS = 2_000;

const Commit = z
  .looseObject({
    id: z.string(),
    title: z.string(),
    author_name: z.string(),
    author_email: z.string(),
    web_url: z.string().nullish(),
  })
  .transform(
    (commit): ChangedCommit =>
      ChangedCommit.parse({
        sha: commit.id,
        title: commit.title,
        authorName: commit.author_name,
        authorEmail: commit.author_email,
        url: commit.web_url ?? '',
      }),
  );

const Comparison = z.looseObject({
  commits: z.array(Commit),
  diffs: z.array(z.looseObject({ old_path: z.string(), new_path: z.string() })),
  web_url: z.string().nullish(),
});

const MergeRequest = z.looseObject({
  iid: z.number().int(),
  web_url: z.string(),
  author: EmbeddedUser,
  merge_user: EmbeddedUser.nullish(),
  merged_by: EmbeddedUser.nullish(),
});

const Pipeline = z.looseObject({
  id: z.number().int(),
  sha: z.string(),
  ref: z.string(),
  tag: z.boolean().nullish(),
  status: z.string(),
  source: z.string(),
  web_url: z.string(),
  user: EmbeddedUser,
});

const Job = z.looseObject({ name: z.string(), status: z.string() }).transform(({ name, status }) => ({ name, status }));
const Protectable = z.looseObject({ protected: z.boolean() });

export function gitlabSourceRepository(client: GitlabClient): SourceRepository {
  /** A ref that is gone protects nothing. */
  async function isProtected(projectId: number, ref: string, tag: boolean): Promise<boolean> {
    const path = tag
      ? apiPath`/projects/${projectId}/repository/tags/${ref}`
      : apiPath`/projects/${projectId}/repository/branches/${ref}`;
    return (await client.find(path, Protectable))?.protected ?? false;
  }

  return {
    readFile(projectId, path, commit, maxBytes) {
      const file = apiPath`/projects/${projectId}/repository/files/${path}/raw`;
      return client.bytes(file, { ref: commit }, maxBytes, (text) => {
        // GitLab hides a project that the token may not see behind the same status as a missing file.
        if (!/project/i.test(text)) return;
        throw new PermissionRefused(
          `GitLab does not show project ${projectId} to the control plane's token. Make its user a member.`,
        );
      });
    },

    async compare(projectId, from, to) {
      const found = await client.find(apiPath`/projects/${projectId}/repository/compare`, Comparison, {
        from,
        to,
        straight: false,
      });
      if (found === undefined)
        throw new NotFound(`GitLab can't compare ${from} with ${to} in project ${projectId}: one of them is gone.`);
      const changedPaths = [...new Set(found.diffs.flatMap((diff) => [diff.old_path, diff.new_path]))].sort();
      return { commits: found.commits, changedPaths, webUrl: found.web_url ?? '' };
    },

    async history(projectId, commit) {
      const path = apiPath`/projects/${projectId}/repository/commits`;
      const commits = await client.list(path, Commit, { ref_name: commit }, MAX_COMMITS);
      return (commits ?? []).reverse();
    },

    commit: (projectId, sha) => client.find(apiPath`/projects/${projectId}/repository/commits/${sha}`, Commit),

    async mergeRequestsOf(projectId, commit) {
      const path = apiPath`/projects/${projectId}/repository/commits/${commit}/merge_requests`;
      const found = (await client.list(path, MergeRequest)) ?? [];
      return found.map(({ iid, web_url: webUrl, author, merge_user: mergeUser, merged_by: mergedBy }) => {
        const merger = mergeUser ?? mergedBy ?? undefined;
        return { iid, webUrl, author, ...(merger && { mergedBy: merger }) };
      });
    },

    async pipeline(projectId, pipelineId) {
      const found = await client.find(apiPath`/projects/${projectId}/pipelines/${pipelineId}`, Pipeline);
      if (found === undefined) return undefined;
      const { id, sha, ref, status, source, web_url: webUrl, user } = found;
      return {
        id,
        sha,
        ref,
        status,
        source,
        webUrl,
        user,
        protectedRef: await isProtected(projectId, ref, found.tag === true),
      };
    },

    async jobs(projectId, pipelineId) {
      return (await client.list(apiPath`/projects/${projectId}/pipelines/${pipelineId}/jobs`, Job)) ?? [];
    },
  };
}
