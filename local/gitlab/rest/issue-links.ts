import * as z from 'zod';
import { accessToProject, canSee, canSeeIssue, PLANNER } from '../access.ts';
import { addSystemNote } from '../notes.ts';
import type { Issue, IssueLink } from '../rows/issues.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, findProject, numberInPath, requireCaller } from './api.ts';
import { ApiError, forbidden, notFound } from './api-error.ts';
import { openIssue } from './open-issue.ts';
import { presentIssue } from './present-issue.ts';
import { filledText, integer, readParameters } from './read-parameters.ts';

/** Issues that belong together, also of several projects. */
export function routeIssueLinks(api: Api, world: World): void {
  const { issueLinks, issues, projects } = world.db;
  const base = '/projects/:id/issues/:issue_iid/links';

  const accessTo = (issue: Issue, user: User | undefined) => {
    const project = projects.require(issue.project_id);
    const access = accessToProject(world.db, user, project, world.now());
    return canSee(project.visibility, user, access) && canSeeIssue(issue, user, access) ? access : undefined;
  };
  const linksOf = (issue: Issue) => issueLinks.filter((row) => [row.source_id, row.target_id].includes(issue.id));
  const other = (link: IssueLink, issue: Issue) =>
    issues.get(link.source_id === issue.id ? link.target_id : link.source_id);
  const typeFor = (link: IssueLink, issue: Issue) =>
    link.link_type === 'blocks' && link.target_id === issue.id ? 'is_blocked_by' : link.link_type;
  const show = (link: IssueLink, issue: Issue, target: Issue) => ({
    id: link.id,
    source_issue: presentIssue(world, issue),
    target_issue: presentIssue(world, target),
    link_type: typeFor(link, issue),
  });
  const nameFor = (target: Issue, from: Issue) =>
    `${target.project_id === from.project_id ? '' : projects.require(target.project_id).path_with_namespace}#${target.iid}`;

  api.get(base, (c) => {
    const { issue, user } = openIssue(world, c);
    requireCaller(c);
    const shown = linksOf(issue).flatMap((link) => {
      const related = other(link, issue);
      if (!related || accessTo(related, user) === undefined) return [];
      return {
        ...presentIssue(world, related),
        issue_link_id: link.id,
        link_type: typeFor(link, issue),
        link_created_at: link.created_at,
        link_updated_at: link.updated_at,
      };
    });
    return c.json(shown);
  });

  api.post(base, async (c) => {
    const { issue, access } = openIssue(world, c);
    const user = requireCaller(c);
    const given = await readParameters(
      c,
      z.object({
        target_project_id: filledText,
        target_issue_iid: integer,
        link_type: z.enum(['relates_to', 'blocks', 'is_blocked_by']).default('relates_to'),
      }),
    );
    const project = findProject(world, given.target_project_id);
    if (!project || !canSee(project.visibility, user, accessToProject(world.db, user, project, world.now())))
      throw notFound('Project');
    const target = issues.find((row) => row.project_id === project.id && row.iid === given.target_issue_iid);
    const targetAccess = target && accessTo(target, user);
    if (!target || targetAccess === undefined) throw notFound();
    if (target.id === issue.id || access < PLANNER || targetAccess < PLANNER)
      throw new ApiError(404, {
        message: 'No matching issue found. Make sure that you are adding a valid issue URL.',
      });
    if (linksOf(issue).some((link) => other(link, issue)?.id === target.id))
      throw new ApiError(409, { message: 'Issue(s) already assigned' });
    const time = world.now().toISOString();
    const backwards = given.link_type === 'is_blocked_by';
    const link = issueLinks.insert({
      project_id: issue.project_id,
      source_id: backwards ? target.id : issue.id,
      target_id: backwards ? issue.id : target.id,
      link_type: given.link_type === 'relates_to' ? 'relates_to' : 'blocks',
      created_at: time,
      updated_at: time,
    });
    for (const [on, to] of [
      [issue, target],
      [target, issue],
    ] as const) {
      const word = { relates_to: 'related to', blocks: 'blocking', is_blocked_by: 'blocked by' }[typeFor(link, on)];
      addSystemNote(world, 'Issue', on, user, `marked this issue as ${word} ${nameFor(to, on)}`);
    }
    return c.json(show(link, issue, target), 201);
  });

  const open = (c: ApiContext) => {
    const call = openIssue(world, c);
    const user = requireCaller(c);
    const link = linksOf(call.issue).find((row) => row.id === numberInPath(c, 'issue_link_id'));
    const target = link && other(link, call.issue);
    const targetAccess = target && accessTo(target, user);
    if (!link || !target || targetAccess === undefined) throw notFound();
    return { ...call, user, link, target, targetAccess };
  };
  api.get(`${base}/:issue_link_id`, (c) => {
    const { link, issue, target } = open(c);
    return c.json(show(link, issue, target));
  });
  api.delete(`${base}/:issue_link_id`, (c) => {
    const { link, issue, target, user, access, targetAccess } = open(c);
    if (access < PLANNER || targetAccess < PLANNER) throw forbidden();
    const shown = show(link, issue, target);
    issueLinks.remove(link.id);
    addSystemNote(world, 'Issue', issue, user, `removed the relation with ${nameFor(target, issue)}`);
    addSystemNote(world, 'Issue', target, user, `removed the relation with ${nameFor(issue, target)}`);
    return c.json(shown);
  });
}
