import { accessToProject, DEVELOPER, protectionOf } from '../access.ts';
import { readObject } from '../git/read-by-name.ts';
import { diffBetween } from '../git/read-diffs.ts';
import { mergeBase } from '../git/read-history.ts';

import { isDraft } from '../hooks/payload-merge-request.ts';
import { headOf, headPipeline, mergeStatus } from '../merge-requests.ts';
import { isSubscribed } from '../participants.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { User } from '../rows/users.ts';
import { timeStats } from '../time-tracking.ts';
import type { World } from '../world.ts';
import { presentPipeline, presentPipelineFully } from './present.ts';
import { presentUser } from './present-user.ts';

/** With what every answer about a merge request begins. */
export function outlineOf(row: MergeRequest) {
  const { id, iid, project_id, title, description, state, created_at, updated_at } = row;
  return { id, iid, project_id, title, description, state, created_at, updated_at };
}

export function presentMergeRequest(world: World, row: MergeRequest, mergeStatusName?: string) {
  const project = world.db.projects.require(row.project_id);
  const user = (id: number | null) => {
    const found = id === null ? undefined : world.db.users.get(id);
    return found ? presentUser(world, found) : null;
  };
  const draft = isDraft(row.title);
  const status = mergeStatusName ?? (row.state !== 'opened' ? 'not_open' : draft ? 'draft_status' : 'mergeable');
  return {
    ...outlineOf(row),
    merged_by: user(row.merge_user_id),
    merge_user: user(row.merge_user_id ?? row.auto_merge_user_id),
    merged_at: row.merged_at,
    closed_by: user(row.closed_by_id),
    closed_at: row.closed_at,
    target_branch: row.target_branch,
    source_branch: row.source_branch,
    user_notes_count: world.db.notes.filter(
      (note) => note.noteable_type === 'MergeRequest' && note.noteable_id === row.id && !note.system,
    ).length,
    upvotes: 0,
    downvotes: 0,
    author: user(row.author_id),
    assignees: row.assignee_ids.map(user),
    assignee: user(row.assignee_ids[0] ?? null),
    reviewers: row.reviewer_ids.map(user),
    source_project_id: row.project_id,
    target_project_id: row.project_id,
    labels: row.labels,
    draft,
    imported: false,
    imported_from: 'none',
    work_in_progress: draft,
    milestone: null,
    merge_when_pipeline_succeeds: row.auto_merge_user_id !== null,
    merge_status: status === 'conflict' || status === 'need_rebase' ? 'cannot_be_merged' : 'can_be_merged',
    detailed_merge_status: status,
    merge_after: null,
    sha: headOf(world, row),
    merge_commit_sha: row.merge_commit_sha,
    squash_commit_sha: row.squash_commit_sha,
    discussion_locked: row.discussion_locked ?? null,
    should_remove_source_branch: null,
    force_remove_source_branch: row.force_remove_source_branch,
    prepared_at: row.created_at,
    reference: `!${row.iid}`,
    references: { short: `!${row.iid}`, relative: `!${row.iid}`, full: `${project.path_with_namespace}!${row.iid}` },
    web_url: `${world.url}/${project.path_with_namespace}/-/merge_requests/${row.iid}`,
    time_stats: timeStats(row),
    squash: row.squash,
    squash_on_merge: row.squash,
    task_completion_status: { count: 0, completed_count: 0 },
    has_conflicts: status === 'conflict',
    blocking_discussions_resolved: true,
    approvals_before_merge: null,
  };
}

/** With what only one merge request shows: conflicts, the range of its commits, its newest pipeline. */
export async function showMergeRequest(world: World, row: MergeRequest, user: User | undefined) {
  const project = world.db.projects.require(row.project_id);
  const repository = world.repositories.path(project);
  const [start_sha = '', head_sha = ''] = (await rangeOf(world, row)).split('..');
  const base_sha = (await mergeBase(repository, start_sha, head_sha)) ?? start_sha;
  const head = headPipeline(world, row);
  const access = accessToProject(world.db, user, project, world.now());
  const rule = protectionOf(world.db, project.id, row.target_branch);
  return {
    ...presentMergeRequest(world, row, await mergeStatus(world, row)),
    subscribed: isSubscribed(world, row, user),
    changes_count: String((await diffBetween(repository, base_sha, head_sha)).length),
    latest_build_started_at: head?.started_at ?? null,
    latest_build_finished_at: head?.finished_at ?? null,
    first_deployed_to_production_at: null,
    pipeline: head ? presentPipeline(world, head) : null,
    head_pipeline: head ? presentPipelineFully(world, head) : null,
    diff_refs: { base_sha, head_sha, start_sha },
    merge_error: row.merge_error ?? null,
    rebase_in_progress: false,
    first_contribution: false,
    user: { can_merge: access >= Math.max(DEVELOPER, rule?.merge_access_level ?? 0) && rule?.merge_access_level !== 0 },
  };
}

/** The commits of a merge request, as git names a range. */
export async function rangeOf(world: World, row: MergeRequest): Promise<string> {
  const { known_refs } = world.db.projects.require(row.project_id);
  const source = headOf(world, row);
  const target = row.merge_commit_sha
    ? `${row.merge_commit_sha}^1`
    : row.state === 'merged' && row.commit_shas.length > 0
      ? `${row.commit_shas.at(-1)}^1`
      : (known_refs[`refs/heads/${row.target_branch}`] ?? row.sha);
  const repository = world.repositories.path(world.db.projects.require(row.project_id));
  const commit = await readObject(repository, target);
  return `${commit?.id ?? target}..${source}`;
}
