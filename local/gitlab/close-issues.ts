import { changeIssue } from './issues.ts';
import type { Project } from './rows/projects.ts';
import type { User } from './rows/users.ts';
import type { World } from './world.ts';

const VERB = '\\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?):?';
const ISSUE = '(?:issues? +)?#\\d+';
const CLOSING = new RegExp(`${VERB} +(${ISSUE}(?:(?: *,? +and +| *, *)${ISSUE})*)`, 'gi');

/** The issues that a text says it closes: `Closes #4, #6 and fixes #7`. */
export const closedIssues = (text: string): number[] =>
  [...text.matchAll(CLOSING)].flatMap(([, named = '']) => [...named.matchAll(/#(\d+)/g)].map(([, iid]) => Number(iid)));

/** What reaches the default branch closes the issues that it says it closes. */
export function closeIssues(world: World, project: Project, user: User, text: string, how: string): void {
  if (project.settings.autoclose_referenced_issues === false) return;
  const named = new Set(closedIssues(text));
  const open = world.db.issues.filter(
    (issue) => issue.project_id === project.id && issue.state === 'opened' && named.has(issue.iid),
  );
  for (const issue of open) changeIssue(world, issue, user, { state_event: 'close' }, ` via ${how}`);
}
