import * as z from 'zod';
import { canSeeIssue, GUEST, OWNER, REPORTER } from '../access.ts';
import { type IssueAction, issuePayload } from '../hooks/payload-issue.ts';
import { ensureLabel } from '../labels.ts';
import type { Issue, User } from '../rows.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openProject, paginate, requireCaller } from './api.ts';
import { badParameter, forbidden, notFound } from './api-error.ts';
import { addSystemNote } from './notes.ts';
import { presentUser } from './present.ts';
import { filledText, flag, integer, integers, list, readParameters, text } from './read-parameters.ts';

const Fields = z.object({
  title: filledText.optional(),
  description: text.nullable().optional(),
  labels: list.optional(),
  add_labels: list.optional(),
  remove_labels: list.optional(),
  assignee_ids: integers.optional(),
  assignee_id: integer.nullable().optional(),
  confidential: flag.optional(),
  due_date: text.nullable().optional(),
  state_event: z.enum(['close', 'reopen']).optional(),
});
type Fields = z.infer<typeof Fields>;

const Filter = z.object({
  state: z.enum(['opened', 'closed', 'all']).default('all'),
  labels: list.optional(),
  search: text.optional(),
  in: text.default('title,description'),
  iids: integers.optional(),
  author_id: integer.optional(),
  author_username: text.optional(),
  assignee_id: text.optional(),
  confidential: flag.optional(),
  created_after: text.optional(),
  updated_after: text.optional(),
  order_by: z.enum(['created_at', 'updated_at']).default('created_at'),
  sort: z.enum(['asc', 'desc']).default('desc'),
});
type Filter = z.infer<typeof Filter>;

function presentIssue(world: World, issue: Issue) {
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
    discussion_locked: null,
    web_url: `${world.url}/${project.path_with_namespace}/-/issues/${issue.iid}`,
    references: {
      short: `#${issue.iid}`,
      relative: `#${issue.iid}`,
      full: `${project.path_with_namespace}#${issue.iid}`,
    },
    severity: 'UNKNOWN',
    _links: {
      self: api,
      notes: `${api}/notes`,
      award_emoji: `${api}/award_emoji`,
      project: `${world.url}/api/v4/projects/${project.id}`,
    },
  };
}

/** The issue of the path; one that the caller may not see does not exist for them. */
function openIssue(world: World, c: ApiContext) {
  const call = openProject(world, c);
  const iid = numberInPath(c, 'issue_iid');
  const issue = world.db.issues.find((row) => row.project_id === call.project.id && row.iid === iid);
  if (!issue || !canSeeIssue(issue, call.user, call.access)) throw notFound();
  return { ...call, issue };
}

function announceIssue(world: World, issue: Issue, actor: User, action: IssueAction, before?: Issue): void {
  const event = issue.confidential ? 'confidential_issues_events' : 'issues_events';
  world.deliveries.announce(issue.project_id, event, () => issuePayload(world, issue, actor, action, before));
}

/** Changes an issue as the user asks, notes down what GitLab notes down, and tells the hooks. */
export function changeIssue(world: World, issue: Issue, user: User, given: Fields): Issue {
  const changed = world.db.issues.update(issue.id, changesOf(world, issue, given, user));
  for (const label of changed.labels) ensureLabel(world, issue.project_id, label);
  const action = changed.state === issue.state ? 'update' : changed.state === 'closed' ? 'close' : 'reopen';
  if (action !== 'update') addSystemNote(world, 'Issue', changed, user, action === 'close' ? 'closed' : 'reopened');
  announceIssue(world, changed, user, action, issue);
  return changed;
}

export function routeIssues(api: Api, world: World): void {
  const { db } = world;
  const show = (issue: Issue) => presentIssue(world, issue);

  api.get('/projects/:id/issues', async (c) => {
    const { project, user, access } = openProject(world, c);
    const wanted = await readParameters(c, Filter);
    const found = db.issues.filter(
      (row) => row.project_id === project.id && canSeeIssue(row, user, access) && matches(world, row, wanted),
    );
    const direction = wanted.sort === 'asc' ? 1 : -1;
    const key = wanted.order_by;
    found.sort((a, b) => direction * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : a.id - b.id));
    return paginate(c, found, show);
  });

  api.get('/projects/:id/issues/:issue_iid', (c) => c.json(show(openIssue(world, c).issue)));

  api.post('/projects/:id/issues', async (c) => {
    const { project, access } = openProject(world, c, GUEST);
    const author = requireCaller(c);
    const given = await readParameters(
      c,
      Fields.extend({ title: filledText, iid: integer.optional(), created_at: text.optional() }),
    );
    if (given.title.length > 255) throw badParameter('title is too long (maximum is 255 characters)');
    const siblings = db.issues.filter((row) => row.project_id === project.id);
    const nextIid = Math.max(0, ...siblings.map((row) => row.iid)) + 1;
    const time = world.now().toISOString();
    const issue = db.issues.insert({
      iid:
        access >= OWNER && given.iid !== undefined && !siblings.some((row) => row.iid === given.iid)
          ? given.iid
          : nextIid,
      project_id: project.id,
      author_id: author.id,
      title: given.title,
      description: given.description ?? null,
      state: 'opened',
      labels: access >= REPORTER || given.labels ? unique(given.labels ?? []) : [],
      assignee_ids: assignees(world, given) ?? [],
      confidential: given.confidential ?? false,
      due_date: given.due_date ?? null,
      created_at: access >= OWNER && given.created_at ? given.created_at : time,
      updated_at: time,
      closed_at: null,
      closed_by_id: null,
    });
    for (const label of issue.labels) ensureLabel(world, project.id, label);
    announceIssue(world, issue, author, 'open');
    return c.json(show(issue), 201);
  });

  api.put('/projects/:id/issues/:issue_iid', async (c) => {
    const { issue, access } = openIssue(world, c);
    const user = requireCaller(c);
    if (access < REPORTER && issue.author_id !== user.id) throw forbidden();
    const given = await readParameters(c, Fields);
    if (Object.values(given).every((value) => value === undefined)) {
      throw badParameter(
        `${Object.keys(Fields.shape).join(', ')} are missing, at least one parameter must be provided`,
      );
    }
    return c.json(show(changeIssue(world, issue, user, given)));
  });

  api.delete('/projects/:id/issues/:issue_iid', (c) => {
    const { issue, access } = openIssue(world, c);
    if (access < OWNER) throw forbidden();
    for (const note of db.notes.filter((row) => row.noteable_type === 'Issue' && row.noteable_id === issue.id))
      db.notes.remove(note.id);
    db.issues.remove(issue.id);
    return c.body(null, 204);
  });
}

const unique = (labels: string[]) => [...new Set(labels)];

function assignees(world: World, given: Fields): number[] | undefined {
  const ids =
    given.assignee_ids ?? (given.assignee_id === undefined ? undefined : given.assignee_id ? [given.assignee_id] : []);
  return ids?.filter((id) => world.db.users.get(id) !== undefined);
}

function changesOf(world: World, issue: Issue, given: Fields, user: User): Partial<Issue> {
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
    due_date: given.due_date === undefined ? issue.due_date : given.due_date,
    state,
    updated_at: time,
    closed_at: state === 'closed' ? (issue.closed_at ?? time) : null,
    closed_by_id: state === 'closed' ? (issue.closed_by_id ?? user.id) : null,
  };
}

function matches(world: World, issue: Issue, wanted: Filter): boolean {
  const fields = wanted.in
    .split(',')
    .map((field) => (field === 'description' ? (issue.description ?? '') : field === 'title' ? issue.title : ''));
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
    (!wanted.assignee_id || issue.assignee_ids.includes(Number(wanted.assignee_id))) &&
    (wanted.confidential === undefined || issue.confidential === wanted.confidential) &&
    (!wanted.created_after || Date.parse(issue.created_at) >= Date.parse(wanted.created_after)) &&
    (!wanted.updated_after || Date.parse(issue.updated_at) >= Date.parse(wanted.updated_after))
  );
}
