import { DEVELOPER } from '../access.ts';
import { isSubscribed } from '../participants.ts';
import type { World } from '../world.ts';
import { type Api, requireCaller } from './api.ts';
import { forbidden } from './api-error.ts';
import { openIssue } from './open-issue.ts';
import { ONE, openMergeRequest } from './open-merge-request.ts';
import { showIssue } from './present-issue.ts';
import { showMergeRequest } from './present-merge-request.ts';

/** Subscribing to issues and merge requests; what is so already is answered with 304. */
export function routeSubscriptions(api: Api, world: World): void {
  const { issues, mergeRequests } = world.db;
  for (const [action, wanted] of [
    ['subscribe', true],
    ['unsubscribe', false],
  ] as const) {
    api.post(`/projects/:id/issues/:issue_iid/${action}`, (c) => {
      const user = requireCaller(c);
      const { issue } = openIssue(world, c);
      if (isSubscribed(world, issue, user) === wanted) return c.body(null, 304);
      const changed = issues.update(issue.id, { subscriptions: { ...issue.subscriptions, [user.id]: wanted } });
      return c.json(showIssue(world, changed, user), 201);
    });
    api.post(`${ONE}/${action}`, async (c) => {
      const user = requireCaller(c);
      const { row, access } = openMergeRequest(world, c);
      const concerned = row.author_id === user.id || row.assignee_ids.includes(user.id);
      if (access < DEVELOPER && !concerned) throw forbidden();
      if (isSubscribed(world, row, user) === wanted) return c.body(null, 304);
      const changed = mergeRequests.update(row.id, { subscriptions: { ...row.subscriptions, [user.id]: wanted } });
      return c.json(await showMergeRequest(world, changed, user), 201);
    });
  }
}
