import { hookLabels } from '../labels.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { User } from '../rows/users.ts';
import { timeStats } from '../time-tracking.ts';
import type { World } from '../world.ts';
import {
  hookProjectWithOldNames,
  hookRepository,
  hookTime,
  hookUser,
  maybeHookTime,
  type readHookCommit,
} from './payload-parts.ts';

export type MergeRequestAction =
  | 'open'
  | 'close'
  | 'reopen'
  | 'update'
  | 'merge'
  | 'approved'
  | 'unapproved'
  | 'approval'
  | 'unapproval';

type HookCommit = Awaited<ReturnType<typeof readHookCommit>>;

const STATE_IDS = { opened: 1, closed: 2, merged: 3, locked: 4 } as const;

export const isDraft = (title: string) => /^\s*(\[draft\]|\(draft\)|draft:|draft -)/i.test(title);

export function mergeRequestAttributes(
  world: Pick<World, 'url' | 'db'>,
  row: MergeRequest,
  lastCommit: HookCommit | undefined,
) {
  const project = world.db.projects.require(row.project_id);
  const head = world.db.pipelines.filter((one) => one.project_id === row.project_id && one.sha === row.sha).at(-1);
  const draft = isDraft(row.title);
  return {
    id: row.id,
    iid: row.iid,
    title: row.title,
    description: row.description,
    state: row.state,
    state_id: STATE_IDS[row.state],
    source_branch: row.source_branch,
    target_branch: row.target_branch,
    source_project_id: row.project_id,
    target_project_id: row.project_id,
    author_id: row.author_id,
    assignee_id: row.assignee_ids[0] ?? null,
    assignee_ids: row.assignee_ids,
    reviewer_ids: row.reviewer_ids,
    labels: hookLabels(world, row),
    draft,
    work_in_progress: draft,
    merge_status: row.state === 'opened' ? 'unchecked' : 'can_be_merged',
    detailed_merge_status: row.state !== 'opened' ? 'not_open' : draft ? 'draft_status' : 'mergeable',
    merge_commit_sha: row.merge_commit_sha,
    squash_commit_sha: row.squash_commit_sha,
    merge_error: row.merge_error ?? null,
    merge_params: { force_remove_source_branch: row.force_remove_source_branch ? '1' : '0' },
    merge_user_id: row.merge_user_id,
    merge_when_pipeline_succeeds: row.auto_merge_user_id !== null,
    milestone_id: null,
    blocking_discussions_resolved: true,
    first_contribution: false,
    head_pipeline_id: head?.id ?? null,
    last_edited_at: null,
    last_edited_by_id: null,
    updated_by_id: null,
    ...timeStats(row),
    time_change: 0,
    human_time_change: null,
    created_at: hookTime(row.created_at),
    updated_at: hookTime(row.updated_at),
    prepared_at: hookTime(row.created_at),
    closed_at: maybeHookTime(row.closed_at),
    url: `${world.url}/${project.path_with_namespace}/-/merge_requests/${row.iid}`,
    source: hookProjectWithOldNames(world, project),
    target: hookProjectWithOldNames(world, project),
    last_commit: lastCommit ?? null,
  };
}

function mergeRequestChanges(world: Pick<World, 'db'>, before: MergeRequest, after: MergeRequest) {
  const seen = (row: MergeRequest) => ({
    title: row.title,
    description: row.description,
    draft: isDraft(row.title),
    state_id: STATE_IDS[row.state],
    target_branch: row.target_branch,
    merge_commit_sha: row.merge_commit_sha,
    updated_at: hookTime(row.updated_at),
    labels: hookLabels(world, row),
    assignees: row.assignee_ids,
    reviewers: row.reviewer_ids,
  });
  const person = (id: number) => {
    const user = world.db.users.get(id);
    return user ? hookUser({ url: '' }, user) : null;
  };
  const told = (name: string, value: unknown) =>
    (name === 'assignees' || name === 'reviewers') && Array.isArray(value) ? value.map(person) : value;
  const [previous, current] = [Object.entries(seen(before)), Object.entries(seen(after))];
  return Object.fromEntries(
    previous.flatMap(([name, value], index) => {
      const now = current[index]?.[1];
      return JSON.stringify(value) === JSON.stringify(now)
        ? []
        : [[name, { previous: told(name, value), current: told(name, now) }]];
    }),
  );
}

/** A `Merge Request Hook` body; `oldrev` only where the source branch moved. */
export function mergeRequestPayload(
  world: Pick<World, 'url' | 'db'>,
  row: MergeRequest,
  actor: User,
  told: { action: MergeRequestAction; before?: MergeRequest; oldrev?: string; lastCommit: HookCommit | undefined },
) {
  const project = world.db.projects.require(row.project_id);
  const people = (ids: number[]) => ids.map((id) => hookUser(world, world.db.users.require(id)));
  return {
    object_kind: 'merge_request',
    event_type: 'merge_request',
    user: hookUser(world, actor),
    project: hookProjectWithOldNames(world, project),
    object_attributes: {
      ...mergeRequestAttributes(world, row, told.lastCommit),
      action: told.action,
      ...(told.oldrev === undefined ? {} : { oldrev: told.oldrev }),
    },
    labels: hookLabels(world, row),
    changes: told.before === undefined ? {} : mergeRequestChanges(world, told.before, row),
    repository: hookRepository(world, project),
    ...(row.assignee_ids.length > 0 ? { assignees: people(row.assignee_ids) } : {}),
    ...(row.reviewer_ids.length > 0 ? { reviewers: people(row.reviewer_ids) } : {}),
  };
}
