import * as z from 'zod';
import { accessToProject, canSee, canSeeIssue, OWNER, PLANNER } from '../access.ts';
import { type IssueAction, issuePayload } from '../hooks/payload-issue.ts';
import { ensureLabel } from '../labels.ts';
import type { Issue, User } from '../rows.ts';
import type { World } from '../world.ts';
import {
  type Api,
  type ApiContext,
  numberInPath,
  openGroup,
  openProject,
  paginate,
  requireAdmin,
  requireCaller,
  requireUnmodified,
} from './api.ts';
import { badParameter, badRequest, forbidden, notFound } from './api-error.ts';
import { presentMergeRequest } from './merge-requests.ts';
import { addSystemNote } from './notes.ts';
import { notesOfChange } from './notes-of-change.ts';
import { presentUser } from './present.ts';
import { flag, integer, integers, list, moment, readParameters, rowText, text } from './read-parameters.ts';

const Fields = z.object({
  title: rowText.optional(),
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
  assignee_username: list.optional(),
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

const LONGEST_TITLE = 255;
const tooLong = () => badRequest({ title: [`is too long (maximum is ${LONGEST_TITLE} characters)`] });

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
  for (const body of notesOfChange(world, issue, changed)) addSystemNote(world, 'Issue', changed, user, body);
  if (action !== 'update') addSystemNote(world, 'Issue', changed, user, action === 'close' ? 'closed' : 'reopened');
  announceIssue(world, changed, user, action, issue);
  return changed;
}

export function routeIssues(api: Api, world: World): void {
  const { db } = world;
  const show = (issue: Issue) => presentIssue(world, issue);

  const found = async (c: ApiContext, inScope: (issue: Issue) => boolean, scope?: 'created_by_me') => {
    const wanted = await readParameters(c, Filter);
    const user = c.get('caller')?.user;
    const accesses = new Map<number, number>();
    const mayRead = (issue: Issue) => {
      const project = db.projects.require(issue.project_id);
      const access = accesses.get(project.id) ?? accessToProject(db, user, project, world.now());
      accesses.set(project.id, access);
      return canSee(project.visibility, user, access) && canSeeIssue(issue, user, access);
    };
    const asked = wanted.scope ?? scope;
    const mine = (issue: Issue) =>
      asked?.startsWith('created')
        ? issue.author_id === user?.id
        : !asked?.startsWith('assigned') || issue.assignee_ids.includes(user?.id ?? 0);
    const rows = db.issues.filter((row) => inScope(row) && mine(row) && mayRead(row) && matches(world, row, wanted));
    const direction = wanted.sort === 'asc' ? 1 : -1;
    const key =
      wanted.order_by === 'updated_at' || wanted.order_by === 'title' || wanted.order_by === 'due_date'
        ? wanted.order_by
        : 'created_at';
    const value = (issue: Issue) => issue[key] ?? '';
    return rows.sort((a, b) => direction * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : a.id - b.id));
  };
  const inProject = (c: ApiContext) => {
    const { project } = openProject(world, c);
    return (issue: Issue) => issue.project_id === project.id;
  };
  const inGroup = (c: ApiContext) => {
    const { group } = openGroup(world, c);
    return (issue: Issue) =>
      db.projects.require(issue.project_id).path_with_namespace.startsWith(`${group.full_path}/`);
  };
  const everywhere = (c: ApiContext) => {
    requireCaller(c);
    return () => true;
  };
  for (const [path, scopeOf, scope] of [
    ['/issues', everywhere, 'created_by_me'],
    ['/groups/:id/issues', inGroup, undefined],
    ['/projects/:id/issues', inProject, undefined],
  ] as const) {
    api.get(path, async (c) => paginate(c, await found(c, scopeOf(c), scope), show));
    api.get(path.replace(/issues$/, 'issues_statistics'), async (c) => {
      const rows = await found(c, scopeOf(c), scope);
      const count = (state: Issue['state']) => rows.filter((row) => row.state === state).length;
      const counts = { all: rows.length, closed: count('closed'), opened: count('opened') };
      return c.json({ statistics: { counts } });
    });
  }

  api.get('/issues/:issue_id', (c) => {
    requireAdmin(c);
    const issue = db.issues.get(numberInPath(c, 'issue_id'));
    if (!issue) throw notFound();
    return c.json(show(issue));
  });

  const one = '/projects/:id/issues/:issue_iid';
  api.get(`${one}/participants`, (c) => {
    const { issue } = openIssue(world, c);
    const notes = db.notes.filter((note) => note.noteable_type === 'Issue' && note.noteable_id === issue.id);
    const ids = new Set([issue.author_id, ...issue.assignee_ids, ...notes.map((note) => note.author_id)]);
    return paginate(c, [...ids], (id) => presentUser(world, db.users.require(id)));
  });
  for (const name of ['related_merge_requests', 'closed_by']) {
    api.get(`${one}/${name}`, (c) => {
      const { issue } = openIssue(world, c);
      const mention = name === 'closed_by' ? '\\b(?:clos|fix|resolv|implement)\\w*:?\\s+#' : '#';
      const pattern = new RegExp(`${mention}${issue.iid}\\b`, 'i');
      const rows = db.mergeRequests.filter(
        (row) => row.project_id === issue.project_id && pattern.test(`${row.title}\n${row.description ?? ''}`),
      );
      return paginate(c, rows, (row) => presentMergeRequest(world, row));
    });
  }
  api.get(`${one}/resource_state_events`, (c) => {
    const { issue } = openIssue(world, c);
    const changes = db.notes.filter(
      (note) =>
        note.noteable_type === 'Issue' &&
        note.noteable_id === issue.id &&
        note.system &&
        /^(closed|reopened)$/.test(note.body),
    );
    return paginate(c, changes, (note) => ({
      id: note.id,
      user: presentUser(world, db.users.require(note.author_id)),
      created_at: note.created_at,
      resource_type: 'Issue',
      resource_id: issue.id,
      state: note.body,
    }));
  });

  api.get('/projects/:id/issues/:issue_iid', (c) => c.json(show(openIssue(world, c).issue)));

  api.post('/projects/:id/issues', async (c) => {
    const { project, access } = openProject(world, c);
    const author = requireCaller(c);
    const given = await readParameters(
      c,
      Fields.extend({ title: rowText, iid: integer.optional(), created_at: text.optional() }),
    );
    if (given.title.length > LONGEST_TITLE) throw tooLong();
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
      // Whoever reports something does not sort it: labels, assignees and dates are set by members.
      labels: access >= PLANNER ? unique(given.labels ?? []) : [],
      assignee_ids: access >= PLANNER ? (assignees(world, given) ?? []) : [],
      confidential: given.confidential ?? false,
      due_date: access >= PLANNER ? (given.due_date ?? null) : null,
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
    const concerned = issue.author_id === user.id || issue.assignee_ids.includes(user.id);
    if (access < PLANNER && !concerned) throw forbidden();
    const given = await readParameters(c, Fields);
    if ((given.title?.length ?? 0) > LONGEST_TITLE) throw tooLong();
    if (Object.values(given).every((value) => value === undefined)) {
      throw badParameter(
        `${Object.keys(Fields.shape).join(', ')} are missing, at least one parameter must be provided`,
      );
    }
    const { title, description, state_event, confidential } = given;
    const allowed = access >= PLANNER ? given : { title, description, state_event, confidential };
    return c.json(show(changeIssue(world, issue, user, allowed)));
  });

  api.delete('/projects/:id/issues/:issue_iid', (c) => {
    const { issue, access } = openIssue(world, c);
    if (access < OWNER) throw forbidden();
    requireUnmodified(c, issue.updated_at);
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
    (!wanted.assignee_id ||
      (wanted.assignee_id === 'None' || wanted.assignee_id === '0'
        ? issue.assignee_ids.length === 0
        : wanted.assignee_id === 'Any'
          ? issue.assignee_ids.length > 0
          : issue.assignee_ids.includes(Number(wanted.assignee_id)))) &&
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
