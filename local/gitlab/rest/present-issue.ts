import { isSubscribed } from '../participants.ts';
import type { Issue } from '../rows/issues.ts';
import type { User } from '../rows/users.ts';
import { timeStats } from '../time-tracking.ts';
import type { World } from '../world.ts';
import { presentUser } from './present.ts';

/** `- [ ]` and `- [x]` in a description. */
function tasksOf(description: string | null): { count: number; completed_count: number } {
  const boxes = [...(description ?? '').matchAll(/^\s*(?:[-*+]|\d+[.)])\s+\[([ xX])\]\s/gm)];
  return { count: boxes.length, completed_count: boxes.filter(([, mark]) => mark !== ' ').length };
}

export function presentIssue(world: World, issue: Issue) {
  const project = world.db.projects.require(issue.project_id);
  const user = (id: number | null) => {
    const row = id === null ? undefined : world.db.users.get(id);
    return row ? presentUser(world, row) : null;
  };
  const assignees = issue.assignee_ids.map(user);
  const notes = world.db.notes.filter(
    (note) => note.noteable_type === 'Issue' && note.noteable_id === issue.id && !note.system,
  );
  const api = `${world.url}/api/v4/projects/${project.id}/issues/${issue.iid}`;
  return {
    id: issue.id,
    iid: issue.iid,
    project_id: issue.project_id,
    title: issue.title,
    description: issue.description,
    state: issue.state,
    created_at: issue.created_at,
    updated_at: issue.updated_at,
    closed_at: issue.closed_at,
    closed_by: user(issue.closed_by_id),
    labels: issue.labels,
    milestone: null,
    assignees,
    author: user(issue.author_id),
    type: 'ISSUE',
    issue_type: 'issue',
    assignee: assignees[0] ?? null,
    user_notes_count: notes.length,
    merge_requests_count: 0,
    upvotes: 0,
    downvotes: 0,
    due_date: issue.due_date,
    confidential: issue.confidential,
    discussion_locked: issue.discussion_locked ?? null,
    web_url: `${world.url}/${project.path_with_namespace}/-/issues/${issue.iid}`,
    references: {
      short: `#${issue.iid}`,
      relative: `#${issue.iid}`,
      full: `${project.path_with_namespace}#${issue.iid}`,
    },
    severity: 'UNKNOWN',
    time_stats: timeStats(issue),
    task_completion_status: tasksOf(issue.description),
    has_tasks: tasksOf(issue.description).count > 0,
    blocking_issues_count: world.db.issueLinks.filter(
      (link) => link.link_type === 'blocks' && link.source_id === issue.id,
    ).length,
    moved_to_id: issue.moved_to_id ?? null,
    imported: false,
    imported_from: 'none',
    service_desk_reply_to: null,
    _links: {
      self: api,
      notes: `${api}/notes`,
      award_emoji: `${api}/award_emoji`,
      project: `${world.url}/api/v4/projects/${project.id}`,
    },
  };
}

/** As the caller sees one issue alone. */
export const showIssue = (world: World, issue: Issue, user: User | undefined) => ({
  ...presentIssue(world, issue),
  subscribed: isSubscribed(world, issue, user),
});
