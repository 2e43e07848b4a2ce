import * as z from 'zod';
import { accessToProject, canSee, canSeeIssue, GUEST, OWNER, PLANNER } from '../access.ts';
import { closedIssues } from '../close-issues.ts';
import { announceIssue, assignees, changeIssue, unique } from '../issues.ts';
import { ensureLabel, labelDetails } from '../labels.ts';
import type { Issue } from '../rows/issues.ts';
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
import { IssueFilter, matchesIssue } from './filter-issues.ts';
import { presentUser } from './present.ts';
import { presentMergeRequest } from './present-merge-request.ts';
import { flag, integer, integers, list, readParameters, rowText, text } from './read-parameters.ts';

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

/** `- [ ]` and `- [x]` in a description. */
function tasksOf(description: string | null): { count: number; completed_count: number } {
  const boxes = [...(description ?? '').matchAll(/^\s*(?:[-*+]|\d+[.)])\s+\[([ xX])\]\s/gm)];
  return { count: boxes.length, completed_count: boxes.filter(([, mark]) => mark !== ' ').length };
}

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
    time_stats: { time_estimate: 0, total_time_spent: 0, human_time_estimate: null, human_total_time_spent: null },
    task_completion_status: tasksOf(issue.description),
    has_tasks: tasksOf(issue.description).count > 0,
    blocking_issues_count: 0,
    moved_to_id: null,
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

export function routeIssues(api: Api, world: World): void {
  const { db } = world;
  const show = (issue: Issue) => presentIssue(world, issue);

  const found = async (c: ApiContext, inScope: (issue: Issue) => boolean, scope?: 'created_by_me') => {
    const wanted = await readParameters(c, IssueFilter);
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
    const rows = db.issues.filter(
      (row) => inScope(row) && mine(row) && mayRead(row) && matchesIssue(world, row, wanted),
    );
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
    api.get(path, async (c) => {
      const rows = await found(c, scopeOf(c), scope);
      const { with_labels_details } = await readParameters(c, z.object({ with_labels_details: flag.default(false) }));
      return paginate(c, rows, (issue) =>
        with_labels_details ? { ...show(issue), labels: labelDetails(world, issue) } : show(issue),
      );
    });
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
      const rows = db.mergeRequests.filter((row) => {
        const told = `${row.title}\n${row.description ?? ''}`;
        const about =
          name === 'closed_by' ? closedIssues(told) : [...told.matchAll(/#(\d+)/g)].map(([, iid]) => Number(iid));
        return row.project_id === issue.project_id && about.includes(issue.iid);
      });
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
      // Whoever is no member does not sort what they report: labels, assignees and dates are set by members.
      labels: access >= GUEST ? unique(given.labels ?? []) : [],
      assignee_ids: access >= GUEST ? (assignees(world, given) ?? []) : [],
      confidential: given.confidential ?? false,
      due_date: access >= GUEST ? (given.due_date ?? null) : null,
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
