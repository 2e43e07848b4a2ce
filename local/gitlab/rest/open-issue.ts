import { canSeeIssue } from '../access.ts';
import type { World } from '../world.ts';
import { type ApiContext, numberInPath, openProject } from './api.ts';
import { notFound } from './api-error.ts';

/** The issue of the path; one that the caller may not see does not exist for them. */
export function openIssue(world: World, c: ApiContext) {
  const call = openProject(world, c);
  const iid = numberInPath(c, 'issue_iid');
  const issue = world.db.issues.find((row) => row.project_id === call.project.id && row.iid === iid);
  if (!issue || !canSeeIssue(issue, call.user, call.access)) throw notFound();
  return { ...call, issue };
}
