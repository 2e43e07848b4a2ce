import * as z from 'zod';
import { accessToGroup, canSee, MAINTAINER, OWNER } from '../access.ts';
import type { Namespace } from '../rows/members.ts';
import type { World } from '../world.ts';
import { type Api, openGroup, paginate, requireCaller } from './api.ts';
import { badRequest, forbidden, notFound } from './api-error.ts';
import { isPathSegment } from './path-segment.ts';
import { presentGroup, presentNamespace } from './present.ts';
import { removeProject } from './projects.ts';
import { filledText, flag, integer, integers, readParameters, text } from './read-parameters.ts';

export function routeGroups(api: Api, world: World): void {
  const { db } = world;

  api.get('/groups', async (c) => {
    const user = c.get('caller')?.user;
    const wanted = await readParameters(
      c,
      z.object({
        search: text.optional(),
        owned: flag.default(false),
        top_level_only: flag.default(false),
        min_access_level: integer.optional(),
        skip_groups: integers.optional(),
        order_by: z.enum(['name', 'path', 'id', 'similarity']).default('name'),
        sort: z.enum(['asc', 'desc']).default('asc'),
      }),
    );
    const { search } = wanted;
    const member = (row: Namespace) => (user ? accessToGroup(db, { ...user, is_admin: false }, row, world.now()) : 0);
    const visible = db.namespaces.filter(
      (row) =>
        row.kind === 'group' &&
        (!wanted.owned || member(row) >= OWNER) &&
        (!wanted.top_level_only || row.parent_id === null) &&
        (wanted.min_access_level === undefined || member(row) >= wanted.min_access_level) &&
        !wanted.skip_groups?.includes(row.id) &&
        canSee(row.visibility, user, accessToGroup(db, user, row, world.now())) &&
        (!search || row.full_path.toLowerCase().includes(search.toLowerCase())),
    );
    const key = wanted.order_by === 'id' || wanted.order_by === 'path' ? wanted.order_by : 'name';
    const direction = wanted.sort === 'asc' ? 1 : -1;
    visible.sort((a, b) => direction * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : a.id - b.id));
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

  api.put('/groups/:id', async (c) => {
    const { group } = openGroup(world, c, OWNER);
    const given = await readParameters(
      c,
      z.object({
        name: filledText.optional(),
        path: filledText.optional(),
        description: text.nullable().optional(),
        visibility: z.enum(['private', 'internal', 'public']).optional(),
      }),
    );
    if (given.path !== undefined && given.path !== group.path)
      throw badRequest({ path: ['can not be changed in this local stand-in: make a new group'] });
    const changed = db.namespaces.update(group.id, {
      name: given.name ?? group.name,
      description: given.description ?? group.description,
      visibility: given.visibility ?? group.visibility,
    });
    return c.json(presentGroup(world, changed));
  });

  api.delete('/groups/:id', (c) => {
    const { group } = openGroup(world, c, OWNER);
    const below = db.namespaces.filter((row) => `${row.full_path}/`.startsWith(`${group.full_path}/`));
    for (const one of below) {
      for (const project of db.projects.filter((row) => row.namespace_id === one.id)) removeProject(world, project);
      for (const row of db.members.all())
        if (row.source === 'group' && row.source_id === one.id) db.members.remove(row.id);
      for (const row of db.variables.all())
        if (row.source === 'group' && row.source_id === one.id) db.variables.remove(row.id);
      db.namespaces.remove(one.id);
    }
    return c.json({ message: '202 Accepted' }, 202);
  });

  for (const [name, direct] of [
    ['subgroups', true],
    ['descendant_groups', false],
  ] as const) {
    api.get(`/groups/:id/${name}`, async (c) => {
      const { group, user } = openGroup(world, c);
      const { search } = await readParameters(c, z.object({ search: text.optional() }));
      const found = db.namespaces.filter(
        (row) =>
          row.kind === 'group' &&
          (direct ? row.parent_id === group.id : row.full_path.startsWith(`${group.full_path}/`)) &&
          canSee(row.visibility, user, accessToGroup(db, user, row, world.now())) &&
          (!search || row.full_path.toLowerCase().includes(search.toLowerCase())),
      );
      return paginate(c, found, (row) => presentGroup(world, row));
    });
  }

  api.get('/namespaces', async (c) => {
    const user = requireCaller(c);
    const { search } = await readParameters(c, z.object({ search: text.optional() }));
    const found = db.namespaces.filter(
      (row) =>
        (row.kind === 'user'
          ? row.owner_id === user.id || user.is_admin
          : accessToGroup(db, user, row, world.now()) >= MAINTAINER) &&
        (!search || row.full_path.toLowerCase().includes(search.toLowerCase())),
    );
    return paginate(c, found, (row) => presentNamespace(world, row));
  });

  api.get('/namespaces/:id', (c) => {
    requireCaller(c);
    const reference = c.req.param('id');
    const found = db.namespaces.find((row) => String(row.id) === reference || row.full_path === reference);
    if (!found) throw notFound('Namespace');
    return c.json(presentNamespace(world, found));
  });
}
