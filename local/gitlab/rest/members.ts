import * as z from 'zod';
import { ACCESS_LEVELS, MAINTAINER, type Membership, membersOf, OWNER } from '../access.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openGroup, openProject, paginate } from './api.ts';
import { ApiError, badParameter, notFound } from './api-error.ts';
import { presentUser } from './present.ts';
import { integer, readParameters, text } from './read-parameters.ts';

const AccessLevel = integer.refine((level) => ACCESS_LEVELS.some((known) => known === level), {
  error: 'access_level does not have a valid value',
});

/** Members of groups and of projects have the same calls. */
export function routeMembers(api: Api, world: World): void {
  for (const source of ['group', 'project'] as const) routeMembersOf(api, world, source);
}

function routeMembersOf(api: Api, world: World, source: 'group' | 'project'): void {
  const { db } = world;
  const base = `/${source}s/:id/members`;
  const sourceOf = (c: ApiContext, change = false) => {
    if (source === 'group') return openGroup(world, c, change ? OWNER : 0).group.id;
    return openProject(world, c, change ? MAINTAINER : 0).project.id;
  };
  const members = (id: number, inherited: boolean) => membersOf(db, source, id, world.now(), inherited);
  const show = (member: Membership) => ({
    ...presentUser(world, member.user),
    access_level: member.access_level,
    created_at: member.created_at,
    expires_at: member.expires_at,
    membership_state: 'active',
  });
  const matches = (query: string | undefined) => (member: Membership) =>
    !query || `${member.user.name} ${member.user.username}`.toLowerCase().includes(query.toLowerCase());

  for (const [path, inherited] of [
    [base, false],
    [`${base}/all`, true],
  ] as const) {
    api.get(path, (c) => paginate(c, members(sourceOf(c), inherited).filter(matches(c.req.query('query'))), show));
    api.get(`${path}/:user_id{[0-9]+}`, (c) => {
      const userId = numberInPath(c, 'user_id');
      const member = members(sourceOf(c), inherited).find((row) => row.user.id === userId);
      if (!member) throw notFound();
      return c.json(show(member));
    });
  }

  api.post(base, async (c) => {
    const source_id = sourceOf(c, true);
    const given = await readParameters(
      c,
      z.object({
        user_id: integer.optional(),
        username: text.optional(),
        access_level: AccessLevel,
        expires_at: text.nullish(),
      }),
    );
    if (given.user_id === undefined && !given.username)
      throw badParameter('user_id, username are missing, exactly one parameter must be provided');
    const user = db.users.find((row) =>
      given.user_id !== undefined ? row.id === given.user_id : row.username === given.username,
    );
    if (!user) throw notFound('User');
    if (db.members.find((row) => row.source === source && row.source_id === source_id && row.user_id === user.id)) {
      throw new ApiError(409, { message: 'Member already exists' });
    }
    const { access_level } = given;
    const created_at = world.now().toISOString();
    db.members.insert({
      source,
      source_id,
      user_id: user.id,
      access_level,
      expires_at: given.expires_at ?? null,
      created_at,
    });
    return c.json(show({ user, access_level, created_at, expires_at: given.expires_at ?? null }), 201);
  });

  const direct = (c: ApiContext) => {
    const sourceId = sourceOf(c, true);
    const userId = numberInPath(c, 'user_id');
    const row = db.members.find(
      (member) => member.source === source && member.source_id === sourceId && member.user_id === userId,
    );
    if (!row) throw notFound('Member');
    return row;
  };

  api.put(`${base}/:user_id{[0-9]+}`, async (c) => {
    const row = direct(c);
    const { access_level, expires_at } = await readParameters(
      c,
      z.object({ access_level: AccessLevel, expires_at: text.nullish() }),
    );
    const changed = db.members.update(row.id, { access_level, ...(expires_at === undefined ? {} : { expires_at }) });
    return c.json(show({ ...changed, user: db.users.require(row.user_id) }));
  });

  api.delete(`${base}/:user_id{[0-9]+}`, (c) => {
    db.members.remove(direct(c).id);
    return c.body(null, 204);
  });
}
