import * as z from 'zod';
import type { Issue } from '../rows/issues.ts';
import type { World } from '../world.ts';
import { flag, integer, integers, list, moment, text } from './read-parameters.ts';

const OR_NOT = {
  labels: list.optional(),
  iids: integers.optional(),
  author_id: integer.optional(),
  author_username: text.optional(),
  assignee_id: text.optional(),
  assignee_username: list.optional(),
  milestone: text.optional(),
};
const DUE_DATES = [
  '0',
  'any',
  'today',
  'tomorrow',
  'overdue',
  'week',
  'month',
  'next_month_and_previous_two_weeks',
] as const;

export const IssueFilter = z.object({
  state: z.enum(['opened', 'closed', 'all']).default('all'),
  ...OR_NOT,
  not: z.object(OR_NOT).optional(),
  search: text.optional(),
  in: text.default('title,description'),
  confidential: flag.optional(),
  due_date: z.enum(DUE_DATES).optional(),
  scope: z.enum(['created_by_me', 'assigned_to_me', 'all', 'created-by-me', 'assigned-to-me']).optional(),
  issue_type: z.enum(['issue', 'incident', 'test_case', 'task']).optional(),
  created_after: moment.optional(),
  created_before: moment.optional(),
  updated_after: moment.optional(),
  updated_before: moment.optional(),
  order_by: z
    .enum([
      'created_at',
      'updated_at',
      'due_date',
      'title',
      'priority',
      'label_priority',
      'milestone_due',
      'popularity',
      'relative_position',
      'weight',
    ])
    .default('created_at'),
  sort: z.enum(['asc', 'desc']).default('desc'),
});
type IssueFilter = z.infer<typeof IssueFilter>;

export function matchesIssue(world: World, issue: Issue, wanted: IssueFilter): boolean {
  const fields = wanted.in
    .split(',')
    .map((field) => (field === 'description' ? (issue.description ?? '') : field === 'title' ? issue.title : ''));
  const { not } = wanted;
  if (not && Object.values(not).some((value) => value !== undefined) && !matchesNone(world, issue, not)) return false;
  const labelsMatch = (labels: string[]) =>
    labels[0] === 'None'
      ? issue.labels.length === 0
      : labels[0] === 'Any'
        ? issue.labels.length > 0
        : labels.every((label) => issue.labels.includes(label));
  return (
    (wanted.state === 'all' || issue.state === wanted.state) &&
    (!wanted.labels || labelsMatch(wanted.labels)) &&
    (!wanted.search || fields.join('\n').toLowerCase().includes(wanted.search.toLowerCase())) &&
    (!wanted.iids || wanted.iids.includes(issue.iid)) &&
    (wanted.author_id === undefined || issue.author_id === wanted.author_id) &&
    (!wanted.author_username || world.db.users.get(issue.author_id)?.username === wanted.author_username) &&
    (!wanted.assignee_id ||
      (wanted.assignee_id === 'None' || wanted.assignee_id === '0'
        ? issue.assignee_ids.length === 0
        : wanted.assignee_id === 'Any'
          ? issue.assignee_ids.length > 0
          : issue.assignee_ids.includes(Number(wanted.assignee_id)))) &&
    isDue(issue, wanted.due_date, world.now()) &&
    (wanted.confidential === undefined || issue.confidential === wanted.confidential) &&
    (!wanted.assignee_username ||
      wanted.assignee_username.every((name) =>
        issue.assignee_ids.some((id) => world.db.users.get(id)?.username === name),
      )) &&
    (!wanted.issue_type || wanted.issue_type === 'issue') &&
    (!wanted.created_before || Date.parse(issue.created_at) <= Date.parse(wanted.created_before)) &&
    (!wanted.updated_before || Date.parse(issue.updated_at) <= Date.parse(wanted.updated_before)) &&
    (!wanted.created_after || Date.parse(issue.created_at) >= Date.parse(wanted.created_after)) &&
    (!wanted.updated_after || Date.parse(issue.updated_at) >= Date.parse(wanted.updated_after))
  );
}

/** None of the things that the caller does not want; of several labels, none at all. */
function matchesNone(world: World, issue: Issue, not: NonNullable<IssueFilter['not']>): boolean {
  const name = (id: number) => world.db.users.get(id)?.username ?? '';
  return !(
    not.labels?.some((label) => issue.labels.includes(label)) ||
    not.iids?.includes(issue.iid) ||
    not.author_id === issue.author_id ||
    not.author_username === name(issue.author_id) ||
    issue.assignee_ids.some((id) => String(id) === not.assignee_id || not.assignee_username?.includes(name(id)))
  );
}

const DAY_MS = 86_400_000;

function isDue(issue: Issue, wanted: IssueFilter['due_date'], now: Date): boolean {
  if (wanted === undefined) return true;
  if (wanted === '0') return issue.due_date === null;
  if (issue.due_date === null) return false;
  const days = Math.round((Date.parse(issue.due_date) - Date.parse(now.toISOString().slice(0, 10))) / DAY_MS);
  const month = (date: Date) => date.toISOString().slice(0, 7);
  switch (wanted) {
    case 'any':
      return true;
    case 'today':
      return days === 0;
    case 'tomorrow':
      return days === 1;
    case 'overdue':
      return days < 0;
    case 'week': {
      const monday = (now.getUTCDay() + 6) % 7;
      return days >= -monday && days < 7 - monday;
    }
    case 'month':
      return issue.due_date.slice(0, 7) === month(now);
    default:
      return days >= -14 && days <= 62;
  }
}
