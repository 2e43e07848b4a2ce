import { type IssueAction, issuePayload } from './hooks/payload-issue.ts';
import { recordLabels } from './labels.ts';
import { addSystemNote } from './notes.ts';
import { notesOfChange } from './rest/notes-of-change.ts';
import type { Issue } from './rows/issues.ts';
import type { User } from './rows/users.ts';
import type { World } from './world.ts';

/** What somebody asks to be changed; what is left out stays. */
export interface IssueChange {
  title?: string | undefined;
  description?: string | null | undefined;
  labels?: string[] | undefined;
  add_labels?: string[] | undefined;
  remove_labels?: string[] | undefined;
  assignee_ids?: number[] | undefined;
  assignee_id?: number | null | undefined;
  confidential?: boolean | undefined;
  discussion_locked?: boolean | undefined;
  due_date?: string | null | undefined;
  state_event?: 'close' | 'reopen' | undefined;
}

export function announceIssue(world: World, issue: Issue, actor: User, action: IssueAction, before?: Issue): void {
  const event = issue.confidential ? 'confidential_issues_events' : 'issues_events';
  world.deliveries.announce(issue.project_id, event, () => issuePayload(world, issue, actor, action, before));
}

/** Changes an issue as the user asks, notes down what GitLab notes down, and tells the hooks. */
export function changeIssue(world: World, issue: Issue, user: User, given: IssueChange, closedBy = ''): Issue {
  const changed = world.db.issues.update(issue.id, changesOf(world, issue, given, user));
  recordLabels(world, user, issue, changed);
  const action = changed.state === issue.state ? 'update' : changed.state === 'closed' ? 'close' : 'reopen';
  for (const body of notesOfChange(world, issue, changed)) addSystemNote(world, 'Issue', changed, user, body);
  if (action !== 'update')
    addSystemNote(world, 'Issue', changed, user, action === 'close' ? `closed${closedBy}` : 'reopened');
  announceIssue(world, changed, user, action, issue);
  return changed;
}

export const unique = (labels: string[]) => [...new Set(labels)];

export function assignees(world: World, given: IssueChange): number[] | undefined {
  const ids =
    given.assignee_ids ?? (given.assignee_id === undefined ? undefined : given.assignee_id ? [given.assignee_id] : []);
  return ids?.filter((id) => world.db.users.get(id) !== undefined);
}

function changesOf(world: World, issue: Issue, given: IssueChange, user: User): Partial<Issue> {
  const time = world.now().toISOString();
  const removed = new Set(given.remove_labels ?? []);
  const labels = unique([...(given.labels ?? issue.labels), ...(given.add_labels ?? [])]).filter(
    (label) => !removed.has(label),
  );
  const state = given.state_event === 'close' ? 'closed' : given.state_event === 'reopen' ? 'opened' : issue.state;
  return {
    title: given.title ?? issue.title,
    description: given.description === undefined ? issue.description : given.description,
    labels,
    assignee_ids: assignees(world, given) ?? issue.assignee_ids,
    confidential: given.confidential ?? issue.confidential,
    discussion_locked: given.discussion_locked ?? issue.discussion_locked ?? null,
    due_date: given.due_date === undefined ? issue.due_date : given.due_date,
    state,
    updated_at: time,
    closed_at: state === 'closed' ? (issue.closed_at ?? time) : null,
    closed_by_id: state === 'closed' ? (issue.closed_by_id ?? user.id) : null,
  };
}
