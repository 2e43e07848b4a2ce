import * as z from 'zod';
import { DEVELOPER } from '../access.ts';
import { headOf, tellOfMergeRequest } from '../merge-requests.ts';
import { addSystemNote } from '../notes.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import type { Api } from './api.ts';
import { requireCaller } from './api.ts';
import { ApiError, forbidden, notFound, unauthorized } from './api-error.ts';
import { ONE, openMergeRequest } from './open-merge-request.ts';
import { outlineOf } from './present-merge-request.ts';
import { presentUser } from './present-user.ts';
import { readParameters, text } from './read-parameters.ts';

export function routeApprovals(api: Api, world: World): void {
  const show = (row: MergeRequest, access: number, user: User | undefined) => {
    const mine = row.approvals.some((approval) => approval.user_id === user?.id);
    return {
      ...outlineOf(row),
      merge_status: 'can_be_merged',
      user_has_approved: mine,
      user_can_approve: !mine && access >= DEVELOPER && row.state === 'opened',
      approved: row.approvals.length > 0,
      approved_by: row.approvals.map(({ user_id, approved_at }) => ({
        user: presentUser(world, world.db.users.require(user_id)),
        approved_at,
      })),
    };
  };

  api.get(`${ONE}/approvals`, (c) => {
    const { row, access, user } = openMergeRequest(world, c);
    return c.json(show(row, access, user));
  });
  api.post(`${ONE}/approve`, async (c) => {
    const { row, access } = openMergeRequest(world, c);
    const user = requireCaller(c);
    const { sha } = await readParameters(c, z.object({ sha: text.nullish() }));
    const head = headOf(world, row);
    if (sha && sha !== head) throw new ApiError(409, { message: `SHA does not match HEAD of source branch: ${head}` });
    if (access < DEVELOPER) throw forbidden();
    if (!show(row, access, user).user_can_approve) throw unauthorized();
    const approved_at = world.now().toISOString();
    const changed = world.db.mergeRequests.update(row.id, {
      approvals: [...row.approvals, { user_id: user.id, approved_at }],
      updated_at: approved_at,
    });
    addSystemNote(world, 'MergeRequest', changed, user, 'approved this merge request');
    tellOfMergeRequest(world, changed, user, 'approved');
    return c.json(show(changed, access, user), 201);
  });
  api.post(`${ONE}/unapprove`, (c) => {
    const { row, access } = openMergeRequest(world, c);
    const user = requireCaller(c);
    if (access < DEVELOPER) throw forbidden();
    if (!row.approvals.some((approval) => approval.user_id === user.id)) throw notFound();
    const changed = world.db.mergeRequests.update(row.id, {
      approvals: row.approvals.filter((approval) => approval.user_id !== user.id),
      updated_at: world.now().toISOString(),
    });
    addSystemNote(world, 'MergeRequest', changed, user, 'unapproved this merge request');
    tellOfMergeRequest(world, changed, user, 'unapproved');
    return c.json(show(changed, access, user), 201);
  });
}
