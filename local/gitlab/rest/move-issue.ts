import * as z from 'zod';
import { accessToProject, canSee, PLANNER } from '../access.ts';
import { announceIssue } from '../issues.ts';
import { ensureLabel } from '../labels.ts';
import { addSystemNote } from '../notes.ts';
import type { Issue } from '../rows/issues.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, requireCaller } from './api.ts';
import { badRequest, notFound } from './api-error.ts';
import { openIssue } from './open-issue.ts';
import { showIssue } from './present-issue.ts';
import { flag, integer, readParameters } from './read-parameters.ts';

/** Moving an issue to another project, which closes it here, and making a copy of it. */
export function routeMoveIssue(api: Api, world: World): void {
  const { db } = world;
  const one = '/projects/:id/issues/:issue_iid';
  const nameOf = (issue: Issue) => `${db.projects.require(issue.project_id).path_with_namespace}#${issue.iid}`;

  const targetOf = (c: ApiContext, id: number) => {
    const user = requireCaller(c);
    const project = db.projects.get(id);
    const access = project ? accessToProject(db, user, project, world.now()) : 0;
    if (!project || !canSee(project.visibility, user, access)) throw notFound('Project');
    return { project, access };
  };

  const copyTo = (issue: Issue, project: Project, author: User, withNotes: boolean): Issue => {
    const { id: _id, moved_to_id: _movedTo, subscriptions: _subscriptions, ...copied } = issue;
    const siblings = db.issues.filter((row) => row.project_id === project.id);
    const time = world.now().toISOString();
    const copy = db.issues.insert({
      ...copied,
      iid: Math.max(0, ...siblings.map((row) => row.iid)) + 1,
      project_id: project.id,
      author_id: author.id,
      state: 'opened',
      closed_at: null,
      closed_by_id: null,
      updated_at: time,
      created_at: withNotes ? issue.created_at : time,
    });
    for (const label of copy.labels) ensureLabel(world, project.id, label);
    const notes = db.notes.filter((note) => note.noteable_type === 'Issue' && note.noteable_id === issue.id);
    for (const { id: _note, ...note } of withNotes ? notes : [])
      db.notes.insert({ ...note, project_id: project.id, noteable_id: copy.id, noteable_iid: copy.iid });
    return copy;
  };

  api.post(`${one}/move`, async (c) => {
    const { issue, access, project: source } = openIssue(world, c);
    const user = requireCaller(c);
    const { to_project_id } = await readParameters(c, z.object({ to_project_id: integer }));
    const { project, access: targetAccess } = targetOf(c, to_project_id);
    if (project.id === source.id) throw badRequest('Cannot move issue to project it originates from!');
    if (access < PLANNER || targetAccess < PLANNER || issue.moved_to_id)
      throw badRequest('Cannot move issue due to insufficient permissions!');
    const author = db.users.get(issue.author_id) ?? user;
    const copy = copyTo(issue, project, author, true);
    const time = world.now().toISOString();
    const left = db.issues.update(issue.id, {
      moved_to_id: copy.id,
      state: 'closed',
      closed_at: issue.closed_at ?? time,
      closed_by_id: issue.closed_by_id ?? user.id,
      updated_at: time,
    });
    addSystemNote(world, 'Issue', left, user, `moved to ${nameOf(copy)}`);
    addSystemNote(world, 'Issue', copy, user, `moved from ${nameOf(left)}`);
    announceIssue(world, left, user, issue.state === 'closed' ? 'update' : 'close', issue);
    announceIssue(world, copy, user, 'open');
    return c.json(showIssue(world, copy, user), 201);
  });

  api.post(`${one}/clone`, async (c) => {
    const { issue, access } = openIssue(world, c);
    const user = requireCaller(c);
    const given = await readParameters(c, z.object({ to_project_id: integer, with_notes: flag.default(false) }));
    const { project, access: targetAccess } = targetOf(c, given.to_project_id);
    if (access < PLANNER || targetAccess < PLANNER)
      throw badRequest('Cannot clone issue due to insufficient permissions!');
    const copy = copyTo(issue, project, user, given.with_notes);
    addSystemNote(world, 'Issue', issue, user, `cloned to ${nameOf(copy)}`);
    addSystemNote(world, 'Issue', copy, user, `cloned from ${nameOf(issue)}`);
    announceIssue(world, copy, user, 'open');
    return c.json(showIssue(world, copy, user), 201);
  });
}
