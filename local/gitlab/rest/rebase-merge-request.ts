import * as z from 'zod';
import { DEVELOPER, protectionOf } from '../access.ts';
import { recordPushes } from '../git/detect-pushes.ts';
import { moveRef } from '../git/merge-branch.ts';
import { rebaseCommits } from '../git/rebase-branch.ts';
import type { World } from '../world.ts';
import { type Api, requireCaller } from './api.ts';
import { ApiError } from './api-error.ts';
import { ONE, openMergeRequest } from './open-merge-request.ts';
import { flag, readParameters } from './read-parameters.ts';

const FAILED = 'Rebase failed: Rebase locally, resolve all conflicts, then push the branch.';
const refuse = (reason: string) => new ApiError(403, { message: `403 Forbidden - ${reason}` });

/** Puts the source branch upon the target branch. It is done when the answer comes; a conflict shows in `merge_error`. */
export function routeRebase(api: Api, world: World): void {
  api.put(`${ONE}/rebase`, async (c) => {
    const { row, project, repository, access } = openMergeRequest(world, c);
    const user = requireCaller(c);
    const ref = `refs/heads/${row.source_branch}`;
    const [source, target] = [project.known_refs[ref], project.known_refs[`refs/heads/${row.target_branch}`]];
    if (!source) throw refuse('Source branch does not exist');
    const rule = protectionOf(world.db, project.id, row.source_branch);
    if (access < Math.max(DEVELOPER, rule?.push_access_level ?? 0)) throw refuse('Cannot push to source branch');
    if (rule && !rule.allow_force_push) throw refuse('Source branch is protected from force push');
    const { skip_ci } = await readParameters(c, z.object({ skip_ci: flag.default(false) }));
    const head =
      target && row.state === 'opened' && (await rebaseCommits(repository, target, source, user, world.now()));
    world.db.mergeRequests.update(row.id, { merge_error: head ? null : FAILED });
    if (head && head !== source) {
      await moveRef(repository, ref, head, source);
      const events = await recordPushes(world, project, user.id, skip_ci ? ['ci.skip'] : []);
      if (events.length > 0) world.runner.takePushes();
    }
    return c.json({ rebase_in_progress: false }, 202);
  });
}
