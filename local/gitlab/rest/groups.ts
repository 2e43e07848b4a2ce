import * as z from 'zod';
import { accessToGroup, canSee, MAINTAINER, OWNER } from '../access.ts';
import type { World } from '../world.ts';
import { type Api, openGroup, paginate, requireCaller } from './api.ts';
import { badRequest, forbidden, notFound } from './api-error.ts';
import { presentGroup, presentNamespace, presentProject } from './present.ts';
import { filledText, integer, readParameters, text } from './read-parameters.ts';

const PATH = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/;
export const isPathSegment = (path: string) => PATH.test(path) && !/(\.git|\.atom|\.)$/.test(path);

export function routeGroups(api: Api, world: World): void {
  const { db } = world;

  api.get('/groups', async (c) => {
    const user = c.get('caller')?.user;
    const { search } = await readParameters(c, z.object({ search: text.optional() }));
    const visible = db.namespaces.filter(
      (row) =>
        row.kind === 'group' &&
        canSee(row.visibility, user, accessToGroup(db, user, row, world.now())) &&
        (!search || row.full_path.toLowerCase().includes(search.toLowerCase())),
    );
    return paginate(c, visible, (row) => presentGroup(world, row));
  });

  api.post('/groups', async (c) => {
    const user = requireCaller(c);
    const given = await readParameters(
      c,
      z.object({
        name: filledText,
        path: filledText,
        description: text.default(''),
        visibility: z.enum(['private', 'internal', 'public']).default('private'),
        parent_id: integer.optional(),
      }),
    );
    if (!isPathSegment(given.path)) throw badRequest({ path: ['can contain only letters, digits, "_", "-" and "."'] });
    const parent = given.parent_id === undefined ? undefined : db.namespaces.get(given.parent_id);
    if (given.parent_id !== undefined && !parent) throw notFound('Group');
    if (parent && accessToGroup(db, user, parent, world.now()) < MAINTAINER) throw forbidden();
    const full_path = parent ? `${parent.full_path}/${given.path}` : given.path;
    if (db.namespaces.find((row) => row.full_path.toLowerCase() === full_path.toLowerCase())) {
      throw badRequest('Failed to save group {:path=>["has already been taken"]}');
    }
    const created_at = world.now().toISOString();
    const group = db.namespaces.insert({
      ...given,
      kind: 'group',
      full_path,
      parent_id: parent?.id ?? null,
      owner_id: null,
      created_at,
    });
    db.members.insert({
      source: 'group',
      source_id: group.id,
      user_id: user.id,
      access_level: OWNER,
      expires_at: null,
      created_at,
    });
    return c.json(presentGroup(world, group), 201);
  });

  api.get('/groups/:id', (c) => c.json(presentGroup(world, openGroup(world, c).group)));

  api.get('/groups/:id/projects', (c) => {
    const { group, user } = openGroup(world, c);
    const projects = db.projects.filter((project) => project.namespace_id === group.id);
    return paginate(c, projects, (project) => presentProject(world, project, user));
  });

  api.get('/namespaces/:id', (c) => {
    requireCaller(c);
    const reference = c.req.param('id');
    const found = db.namespaces.find((row) => String(row.id) === reference || row.full_path === reference);
    if (!found) throw notFound('Namespace');
    return c.json(presentNamespace(world, found));
  });
}
