import * as z from 'zod';
import { DEVELOPER, PLANNER } from '../access.ts';
import { announceIssue } from '../issues.ts';
import { tellOfMergeRequest } from '../merge-requests.ts';
import { addSystemNote } from '../notes.ts';
import { formatWork, parseWorkSeconds, timeStats } from '../time-tracking.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, requireCaller } from './api.ts';
import { badRequest, forbidden } from './api-error.ts';
import { openIssue } from './open-issue.ts';
import { openMergeRequest } from './open-merge-request.ts';
import { filledText, readParameters } from './read-parameters.ts';

/** Estimates and time spent, of issues and of merge requests. */
export function routeTimeTracking(api: Api, world: World): void {
  const Duration = z.object({ duration: filledText });
  const openers = {
    'issues/:issue_iid': (c: ApiContext) => ({ ...openIssue(world, c), row: undefined }),
    'merge_requests/:merge_request_iid': (c: ApiContext) => ({ ...openMergeRequest(world, c), issue: undefined }),
  };

  for (const [path, open] of Object.entries(openers)) {
    const base = `/projects/:id/${path}`;
    const change = (c: ApiContext, changed: { time_estimate?: number; time_spent?: number }, note: string) => {
      const { issue, row } = open(c);
      const user = requireCaller(c);
      const update = { ...changed, updated_at: world.now().toISOString() };
      if (issue) {
        const now = world.db.issues.update(issue.id, update);
        addSystemNote(world, 'Issue', now, user, note);
        announceIssue(world, now, user, 'update', issue);
        return timeStats(now);
      }
      const now = world.db.mergeRequests.update(row.id, update);
      addSystemNote(world, 'MergeRequest', now, user, note);
      tellOfMergeRequest(world, now, user, 'update', { before: row });
      return timeStats(now);
    };
    const requireTracker = (c: ApiContext) => {
      const { access, issue } = open(c);
      requireCaller(c);
      if (access < (issue ? PLANNER : DEVELOPER)) throw forbidden();
    };
    const spentOn = (c: ApiContext) => {
      const { issue, row } = open(c);
      return (issue ?? row).time_spent ?? 0;
    };

    api.get(`${base}/time_stats`, (c) => {
      const { issue, row } = open(c);
      return c.json(timeStats(issue ?? row));
    });
    api.post(`${base}/time_estimate`, async (c) => {
      requireTracker(c);
      const seconds = parseWorkSeconds((await readParameters(c, Duration)).duration);
      if (seconds === undefined || seconds < 0)
        throw badRequest({ time_estimate: ['must have a valid format and be greater than or equal to zero.'] });
      return c.json(change(c, { time_estimate: seconds }, `changed time estimate to ${formatWork(seconds) ?? '0m'}`));
    });
    api.post(`${base}/reset_time_estimate`, (c) => {
      requireTracker(c);
      return c.json(change(c, { time_estimate: 0 }, 'removed time estimate'));
    });
    api.post(`${base}/add_spent_time`, async (c) => {
      requireTracker(c);
      const seconds = parseWorkSeconds((await readParameters(c, Duration)).duration);
      if (seconds === undefined) throw badRequest({ base: ['Time spent must have a valid format'] });
      const total = spentOn(c) + seconds;
      if (total < 0) throw badRequest({ base: ['Time to subtract exceeds the total time spent'] });
      const note = `${seconds < 0 ? 'subtracted' : 'added'} ${formatWork(Math.abs(seconds)) ?? '0m'} of time spent`;
      return c.json(change(c, { time_spent: total }, note), 201);
    });
    api.post(`${base}/reset_spent_time`, (c) => {
      requireTracker(c);
      return c.json(change(c, { time_spent: 0 }, 'removed time spent'));
    });
  }
}
