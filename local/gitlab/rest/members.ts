import * as z from 'zod';
import { ACCESS_LEVELS, MAINTAINER, type Membership, membersOf, OWNER } from '../access.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openGroup, openProject, paginate, requireCaller } from './api.ts';
import { ApiError, badParameter, badRequest, forbidden, notFound } from './api-error.ts';
import { presentUser } from './present.ts';
import { integer, integers, moment, readParameters, text } from './read-parameters.ts';

function requireKnownLevel(level: number): void {
  if (!ACCESS_LEVELS.some((known) => known === level))
    throw badRequest({ access_level: ['is not included in the list'] });
}

const LEVEL_NAMES: Record<number, string> = {
  5: 'Minimal Access',
  10: 'Guest',
  15: 'Planner',
  20: 'Reporter',
  25: 'Security Manager',
  30: 'Developer',
  40: 'Maintainer',
  50: 'Owner',
};

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
    api.get(path, async (c) => {
      const { query, user_ids } = await readParameters(
        c,
        z.object({ query: text.optional(), user_ids: integers.optional() }),
      );
      const found = members(sourceOf(c), inherited).filter(matches(query));
      return paginate(c, user_ids ? found.filter((member) => user_ids.includes(member.user.id)) : found, show);
    });
    api.get(`${path}/:user_id{[0-9]+}`, (c) => {
      const userId = numberInPath(c, 'user_id');
      const member = members(sourceOf(c), inherited).find((row) => row.user.id === userId);
      if (!member) throw notFound();
      return c.json(show(member));
    });
  }

  const callerLevel = (c: ApiContext) =>
    source === 'group' ? openGroup(world, c).access : openProject(world, c).access;
  /** Nobody gives, changes or takes more than they have. */
  const requireLevel = (c: ApiContext, level: number) => {
    if (callerLevel(c) < level) throw forbidden();
  };
  const requireAboveInherited = (sourceId: number, userId: number, level: number) => {
    const project = source === 'project' ? db.projects.require(sourceId) : undefined;
    const start = project ? project.namespace_id : db.namespaces.require(sourceId).parent_id;
    const parent = start === null ? undefined : db.namespaces.get(start);
    const inherited = parent && membersOf(db, 'group', parent.id, world.now()).find((one) => one.user.id === userId);
    if (inherited && inherited.access_level > level)
      throw badRequest({
        access_level: [
          `should be greater than or equal to ${LEVEL_NAMES[inherited.access_level] ?? 'Owner'} inherited membership from group ${parent.name}`,
        ],
      });
  };
  const requireFuture = (expiresAt: string | null | undefined) => {
    if (expiresAt && new Date(expiresAt) <= world.now())
      throw badRequest({ expires_at: ['cannot be a date in the past'] });
  };

  api.post(base, async (c) => {
    const source_id = sourceOf(c, true);
    const given = await readParameters(
      c,
      z.object({
        user_id: z.union([integer, text]).optional(),
        username: text.optional(),
        access_level: integer,
        expires_at: moment.nullish(),
      }),
    );
    if (given.user_id === undefined && !given.username)
      throw badParameter('user_id, username are missing, exactly one parameter must be provided');
    requireKnownLevel(given.access_level);
    requireLevel(c, given.access_level);
    requireFuture(given.expires_at);
    const wanted = String(given.user_id ?? given.username).split(',');
    if (wanted.length > 1) {
      for (const one of wanted) {
        const user = db.users.get(Number(one));
        if (user) addMember(source_id, user, given.access_level, given.expires_at ?? null);
      }
      return c.json({ status: 'success' }, 201);
    }
    const user = db.users.find((row) =>
      given.user_id !== undefined ? row.id === Number(given.user_id) : row.username === given.username,
    );
    if (!user) throw notFound('User');
    if (db.members.find((row) => row.source === source && row.source_id === source_id && row.user_id === user.id)) {
      throw new ApiError(409, { message: 'Member already exists' });
    }
    requireAboveInherited(source_id, user.id, given.access_level);
    return c.json(show(addMember(source_id, user, given.access_level, given.expires_at ?? null)), 201);
  });

  const addMember = (source_id: number, user: User, access_level: number, expires_at: string | null): Membership => {
    const created_at = world.now().toISOString();
    db.members.insert({
      source,
      source_id,
      user_id: user.id,
      access_level,
      expires_at: expires_at?.slice(0, 10) ?? null,
      created_at,
    });
    return { user, access_level, created_at, expires_at: expires_at?.slice(0, 10) ?? null };
  };

  const direct = (c: ApiContext, change = true) => {
    const sourceId = sourceOf(c, change);
    const userId = numberInPath(c, 'user_id');
    const row = db.members.find(
      (member) => member.source === source && member.source_id === sourceId && member.user_id === userId,
    );
    if (!row) throw notFound();
    return row;
  };

  api.put(`${base}/:user_id{[0-9]+}`, async (c) => {
    const row = direct(c);
    const { access_level, expires_at } = await readParameters(
      c,
      z.object({ access_level: integer, expires_at: moment.nullish() }),
    );
    requireKnownLevel(access_level);
    requireLevel(c, Math.max(row.access_level, access_level));
    requireFuture(expires_at);
    requireAboveInherited(row.source_id, row.user_id, access_level);
    const changed = db.members.update(row.id, { access_level, ...(expires_at === undefined ? {} : { expires_at }) });
    return c.json(show({ ...changed, user: db.users.require(row.user_id) }));
  });

  api.delete(`${base}/:user_id{[0-9]+}`, (c) => {
    const leaving = numberInPath(c, 'user_id') === requireCaller(c).id;
    const row = direct(c, !leaving);
    if (!leaving) requireLevel(c, row.access_level);
    const owners = members(row.source_id, false).filter((member) => member.access_level === OWNER);
    if (source === 'group' && owners.length === 1 && owners[0]?.user.id === row.user_id) throw forbidden();
    db.members.remove(row.id);
    return c.body(null, 204);
  });
}
