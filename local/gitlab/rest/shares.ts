import * as z from 'zod';
import { accessToGroup, canSee, MAINTAINER, OWNER } from '../access.ts';
import type { Share } from '../rows/members.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openGroup, openProject, requireCaller } from './api.ts';
import { badParameter, badRequest, notFound } from './api-error.ts';
import { presentGroupFully } from './present-group.ts';
import { integer, moment, readParameters } from './read-parameters.ts';

const LEVELS = [10, 15, 20, 25, 30, 40, 50];

/** Groups that are invited to another group or to a project. */
export function routeShares(api: Api, world: World): void {
  const { namespaces, shares } = world.db;

  const invite = async (c: ApiContext, source: Share['source'], source_id: number): Promise<Share> => {
    const user = requireCaller(c);
    const given = await readParameters(
      c,
      z.object({ group_id: integer, group_access: integer, expires_at: moment.nullish() }),
    );
    if (!LEVELS.includes(given.group_access)) throw badParameter('group_access does not have a valid value');
    const group = namespaces.find((row) => row.kind === 'group' && row.id === given.group_id);
    if (!group || !canSee(group.visibility, user, accessToGroup(world.db, user, group, world.now())))
      throw notFound('Group');
    const same = shares.find(
      (row) => row.source === source && row.source_id === source_id && row.group_id === group.id,
    );
    if (same) throw badRequest('Validation failed: Group already shared with this group');
    return shares.insert({
      source,
      source_id,
      group_id: group.id,
      group_access: given.group_access,
      expires_at: given.expires_at?.slice(0, 10) ?? null,
    });
  };
  const dismiss = (c: ApiContext, source: Share['source'], source_id: number) => {
    const group_id = numberInPath(c, 'group_id');
    const share = shares.find(
      (row) => row.source === source && row.source_id === source_id && row.group_id === group_id,
    );
    if (!share) throw notFound('Group Link');
    shares.remove(share.id);
    return c.body(null, 204);
  };

  api.post('/groups/:id/share', async (c) => {
    const { group } = openGroup(world, c, OWNER);
    await invite(c, 'group', group.id);
    return c.json(presentGroupFully(world, group), 201);
  });
  api.delete('/groups/:id/share/:group_id', (c) => dismiss(c, 'group', openGroup(world, c, OWNER).group.id));
  api.post('/projects/:id/share', async (c) => {
    const { project } = openProject(world, c, MAINTAINER);
    const { id, group_id, group_access, expires_at } = await invite(c, 'project', project.id);
    return c.json({ id, project_id: project.id, group_id, group_access, expires_at }, 201);
  });
  api.delete('/projects/:id/share/:group_id', (c) =>
    dismiss(c, 'project', openProject(world, c, MAINTAINER).project.id),
  );
}
