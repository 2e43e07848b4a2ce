import * as z from 'zod';
import { accessToProject, canSee, canSeeIssue, GUEST, OWNER, PLANNER } from '../access.ts';
import { closedIssues } from '../close-issues.ts';
import { announceIssue, assignees, changeIssue, unique } from '../issues.ts';
import { labelDetails, recordLabels } from '../labels.ts';
import { participantsOf } from '../participants.ts';
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
import { openIssue } from './open-issue.ts';
import { presentUser } from './present.ts';
import { presentIssue, showIssue } from './present-issue.ts';
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
  discussion_locked: flag.optional(),
  due_date: text.nullable().optional(),
  state_event: z.enum(['close', 'reopen']).optional(),
});

const LONGEST_TITLE = 255;
const tooLong = () => badRequest({ title: [`is too long (maximum is ${LONGEST_TITLE} characters)`] });

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
    return paginate(c, participantsOf(world, issue), (user) => presentUser(world, user));
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
  api.get('/projects/:id/issues/:issue_iid', (c) => {
    const { issue, user } = openIssue(world, c);
    return c.json(showIssue(world, issue, user));
  });

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
    recordLabels(world, author, undefined, issue);
    announceIssue(world, issue, author, 'open');
    return c.json(showIssue(world, issue, author), 201);
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
    return c.json(showIssue(world, changeIssue(world, issue, user, allowed), user));
  });

  api.delete('/projects/:id/issues/:issue_iid', (c) => {
    const { issue, access } = openIssue(world, c);
    if (access < OWNER) throw forbidden();
    requireUnmodified(c, issue.updated_at);
    for (const note of db.notes.filter((row) => row.noteable_type === 'Issue' && row.noteable_id === issue.id))
      db.notes.remove(note.id);
    for (const link of db.issueLinks.filter((row) => row.source_id === issue.id || row.target_id === issue.id))
      db.issueLinks.remove(link.id);
    db.issues.remove(issue.id);
    return c.body(null, 204);
  });
}
