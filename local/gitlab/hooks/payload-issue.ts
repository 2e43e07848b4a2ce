import { hookLabels } from '../labels.ts';
import type { Issue, Note } from '../rows/issues.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { CommitComment } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import { timeStats } from '../time-tracking.ts';
import type { World } from '../world.ts';
import { mergeRequestAttributes } from './payload-merge-request.ts';
import {
  hookProjectWithOldNames,
  hookRepository,
  hookTime,
  hookUser,
  maybeHookTime,
  type readHookCommit,
} from './payload-parts.ts';

export type IssueAction = 'open' | 'close' | 'reopen' | 'update';

const STATE_IDS = { opened: 1, closed: 2 } as const;

function issueAttributes(world: Pick<World, 'url' | 'db'>, issue: Issue) {
  const project = world.db.projects.require(issue.project_id);
  return {
    id: issue.id,
    iid: issue.iid,
    title: issue.title,
    description: issue.description,
    state: issue.state,
    state_id: STATE_IDS[issue.state],
    author_id: issue.author_id,
    assignee_ids: issue.assignee_ids,
    assignee_id: issue.assignee_ids[0] ?? null,
    confidential: issue.confidential,
    due_date: issue.due_date,
    project_id: issue.project_id,
    labels: hookLabels(world, issue),
    created_at: hookTime(issue.created_at),
    updated_at: hookTime(issue.updated_at),
    closed_at: maybeHookTime(issue.closed_at),
    type: 'Issue',
    severity: 'unknown',
    discussion_locked: issue.discussion_locked ?? null,
    milestone_id: null,
    moved_to_id: issue.moved_to_id ?? null,
    duplicated_to_id: null,
    last_edited_at: null,
    last_edited_by_id: null,
    updated_by_id: null,
    relative_position: null,
    ...timeStats(issue),
    time_change: 0,
    human_time_change: null,
    weight: null,
    health_status: null,
    url: `${world.url}/${project.path_with_namespace}/-/issues/${issue.iid}`,
  };
}

/** What an update changed, each with its value before and after, as the hook names it. */
function issueChanges(
  world: Pick<World, 'db'>,
  before: Issue,
  after: Issue,
): Record<string, { previous: unknown; current: unknown }> {
  const seen = (issue: Issue) => ({
    title: issue.title,
    description: issue.description,
    confidential: issue.confidential,
    due_date: issue.due_date,
    state_id: STATE_IDS[issue.state],
    closed_at: maybeHookTime(issue.closed_at),
    updated_at: hookTime(issue.updated_at),
    labels: hookLabels(world, issue),
  });
  const [previous, current] = [Object.entries(seen(before)), Object.entries(seen(after))];
  return Object.fromEntries(
    previous.flatMap(([name, value], index) => {
      const now = current[index]?.[1];
      return JSON.stringify(value) === JSON.stringify(now) ? [] : [[name, { previous: value, current: now }]];
    }),
  );
}

/** An `Issue Hook` body; `before` is the issue as it was, unless it is new. */
export function issuePayload(
  world: Pick<World, 'url' | 'db'>,
  issue: Issue,
  actor: User,
  action: IssueAction,
  before?: Issue,
) {
  const project = world.db.projects.require(issue.project_id);
  return {
    object_kind: 'issue',
    event_type: issue.confidential ? 'confidential_issue' : 'issue',
    user: hookUser(world, actor),
    project: hookProjectWithOldNames(world, project),
    object_attributes: { ...issueAttributes(world, issue), action },
    labels: hookLabels(world, issue),
    changes: before === undefined ? {} : issueChanges(world, before, issue),
    repository: hookRepository(world, project),
    assignees: issue.assignee_ids.map((id) => hookUser(world, world.db.users.require(id))),
  };
}

/** A `Note Hook` body for a comment on an issue or a merge request. */
export function notePayload(
  world: Pick<World, 'url' | 'db'>,
  note: Note,
  actor: User,
  on: Issue | MergeRequest,
  action: 'create' | 'update' = 'create',
) {
  const project = world.db.projects.require(note.project_id);
  const isIssue = note.noteable_type === 'Issue';
  const folder = isIssue ? 'issues' : 'merge_requests';
  return {
    object_kind: 'note',
    event_type: note.internal || ('confidential' in on && on.confidential) ? 'confidential_note' : 'note',
    user: hookUser(world, actor),
    project_id: project.id,
    project: hookProjectWithOldNames(world, project),
    repository: hookRepository(world, project),
    object_attributes: {
      id: note.id,
      note: note.body,
      noteable_type: note.noteable_type,
      noteable_id: note.noteable_id,
      attachment: null,
      line_code: null,
      commit_id: null,
      st_diff: null,
      discussion_id: null,
      description: note.body,
      type: null,
      author_id: note.author_id,
      project_id: project.id,
      system: note.system,
      internal: note.internal ?? false,
      action,
      created_at: hookTime(note.created_at),
      updated_at: hookTime(note.updated_at),
      url: `${world.url}/${project.path_with_namespace}/-/${folder}/${note.noteable_iid}#note_${note.id}`,
    },
    ...('confidential' in on
      ? { issue: issueAttributes(world, on) }
      : { merge_request: mergeRequestAttributes(world, on, undefined) }),
  };
}

/** A `Note Hook` body for a comment on a commit. */
export function commitNotePayload(
  world: Pick<World, 'url' | 'db'>,
  comment: CommitComment,
  actor: User,
  commit: Awaited<ReturnType<typeof readHookCommit>>,
) {
  const project = world.db.projects.require(comment.project_id);
  return {
    object_kind: 'note',
    event_type: 'note',
    user: hookUser(world, actor),
    project_id: project.id,
    project: hookProjectWithOldNames(world, project),
    repository: hookRepository(world, project),
    object_attributes: {
      id: comment.id,
      note: comment.note,
      noteable_type: 'Commit',
      noteable_id: null,
      commit_id: comment.sha,
      author_id: comment.author_id,
      project_id: project.id,
      system: false,
      internal: false,
      attachment: null,
      line_code: null,
      st_diff: null,
      action: 'create',
      created_at: hookTime(comment.created_at),
      updated_at: hookTime(comment.created_at),
      url: `${world.url}/${project.path_with_namespace}/-/commit/${comment.sha}#note_${comment.id}`,
    },
    commit,
  };
}
