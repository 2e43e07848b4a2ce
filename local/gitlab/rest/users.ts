import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { User } from '../rows/users.ts';
import { GITLAB_VERSION, type World } from '../world.ts';
import { type Api, numberInPath, paginate, requireAdmin, requireCaller } from './api.ts';
import { ApiError, notFound } from './api-error.ts';
import { presentUser, presentUserFully } from './present.ts';
import { filledText, flag, integer, list, readParameters, text } from './read-parameters.ts';
import { presentToken } from './tokens.ts';

const NewUser = z.object({
  id: integer.optional(),
  username: filledText,
  name: filledText,
  email: filledText,
  public_email: text.default(''),
  admin: flag.default(false),
});

export function addUser(world: World, user: z.infer<typeof NewUser>): User {
  const { db } = world;
  const taken = (key: 'username' | 'email') =>
    db.users.find((row) => row[key].toLowerCase() === user[key].toLowerCase());
  if (taken('email')) throw new ApiError(409, { message: 'Email has already been taken' });
  if (taken('username') || db.namespaces.find((row) => row.full_path.toLowerCase() === user.username.toLowerCase())) {
    throw new ApiError(409, { message: 'Username has already been taken' });
  }
  if (user.id !== undefined && db.users.get(user.id)) throw new ApiError(409, { message: 'ID has already been taken' });
  const created_at = world.now().toISOString();
  const { admin, ...rest } = user;
  const row = db.users.insert({ ...rest, state: 'active', is_admin: admin, created_at });
  db.namespaces.insert({
    kind: 'user',
    name: row.name,
    path: row.username,
    full_path: row.username,
    parent_id: null,
    owner_id: row.id,
    description: '',
    visibility: 'public',
    created_at,
  });
  return row;
}

export function routeUsers(api: Api, world: World): void {
  const { db } = world;

  api.get('/version', (c) => {
    requireCaller(c);
    return c.json({ version: GITLAB_VERSION, revision: 'local' });
  });
  api.get('/metadata', (c) => {
    requireCaller(c);
    return c.json({ version: GITLAB_VERSION, revision: 'local', kas: { enabled: false }, enterprise: false });
  });
  api.get('/user', (c) => {
    const user = requireCaller(c);
    return c.json(presentUserFully(world, user, user));
  });

  api.get('/users', async (c) => {
    if (!c.get('caller'))
      throw new ApiError(403, { message: '403 Forbidden - Not authorized to access /api/v4/users' });
    const caller = requireCaller(c);
    const wanted = await readParameters(
      c,
      z.object({
        username: text.optional(),
        search: text.optional(),
        public_email: text.optional(),
        active: flag.optional(),
        blocked: flag.optional(),
        admins: flag.optional(),
        exclude_active: flag.optional(),
        humans: flag.optional(),
        without_project_bots: flag.optional(),
        order_by: z.enum(['id', 'name', 'username', 'created_at', 'updated_at']).default('id'),
        sort: z.enum(['asc', 'desc']).default('desc'),
      }),
    );
    const search = wanted.search?.toLowerCase();
    const mails = (user: User) => (caller.is_admin ? [user.email, user.public_email] : [user.public_email]);
    const found = db.users.filter(
      (user) =>
        (!wanted.username || user.username.toLowerCase() === wanted.username.toLowerCase()) &&
        (!wanted.public_email || user.public_email.toLowerCase() === wanted.public_email.toLowerCase()) &&
        (!wanted.active || user.state === 'active') &&
        (!wanted.blocked || user.state === 'blocked') &&
        (!wanted.admins || !caller.is_admin || user.is_admin) &&
        (!search ||
          user.username.toLowerCase().includes(search) ||
          user.name.toLowerCase().includes(search) ||
          mails(user).some((mail) => mail.toLowerCase() === search)),
    );
    const key = wanted.order_by === 'updated_at' ? 'created_at' : wanted.order_by;
    const direction = wanted.sort === 'asc' ? 1 : -1;
    found.sort((a, b) => direction * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : a.id - b.id));
    return paginate(c, found, (user) =>
      caller.is_admin ? presentUserFully(world, user, caller) : presentUser(world, user),
    );
  });

  api.get('/users/:user_id', (c) => {
    const caller = requireCaller(c);
    const user = db.users.get(numberInPath(c, 'user_id'));
    if (!user) throw notFound('User');
    return c.json(presentUserFully(world, user, caller));
  });

  api.post('/users', async (c) => {
    const caller = requireAdmin(c);
    return c.json(presentUserFully(world, addUser(world, await readParameters(c, NewUser)), caller), 201);
  });

  api.put('/users/:user_id', async (c) => {
    const caller = requireAdmin(c);
    const user = db.users.get(numberInPath(c, 'user_id'));
    if (!user) throw notFound('User');
    const given = await readParameters(
      c,
      z.object({
        name: filledText.optional(),
        username: filledText.optional(),
        email: filledText.optional(),
        public_email: text.nullish(),
        admin: flag.optional(),
      }),
    );
    for (const key of ['email', 'username'] as const) {
      const value = given[key]?.toLowerCase();
      if (value && db.users.find((row) => row.id !== user.id && row[key].toLowerCase() === value))
        throw new ApiError(409, { message: `${key === 'email' ? 'Email' : 'Username'} has already been taken` });
    }
    const changed = db.users.update(user.id, {
      name: given.name ?? user.name,
      email: given.email ?? user.email,
      public_email: given.public_email === undefined ? user.public_email : (given.public_email ?? ''),
      is_admin: given.admin ?? user.is_admin,
    });
    return c.json(presentUserFully(world, changed, caller));
  });

  /** What the user made stays, as the work of a user who is blocked and can't sign in. */
  api.delete('/users/:user_id', (c) => {
    requireAdmin(c);
    const user = db.users.get(numberInPath(c, 'user_id'));
    if (!user) throw notFound('User');
    for (const row of db.members.all()) if (row.user_id === user.id) db.members.remove(row.id);
    for (const row of db.tokens.all()) if (row.user_id === user.id) db.tokens.update(row.id, { revoked: true });
    const gone = `ghost-${user.id}`;
    db.users.update(user.id, { state: 'blocked', username: gone, email: `${gone}@localhost`, name: 'Ghost User' });
    for (const row of db.namespaces.all())
      if (row.owner_id === user.id) db.namespaces.update(row.id, { path: gone, full_path: gone });
    return c.body(null, 204);
  });

  api.get('/users/:user_id/status', (c) => {
    requireCaller(c);
    const reference = c.req.param('user_id');
    if (!db.users.find((row) => String(row.id) === reference || row.username === reference)) throw notFound('User');
    return c.json({ emoji: null, availability: null, message: null, message_html: '', clear_status_at: null });
  });

  api.get('/users/:user_id/memberships', async (c) => {
    requireAdmin(c);
    const id = numberInPath(c, 'user_id');
    if (!db.users.get(id)) throw notFound('User');
    const { type } = await readParameters(c, z.object({ type: z.enum(['Project', 'Namespace']).optional() }));
    const found = db.members.filter(
      (row) => row.user_id === id && (!type || (row.source === 'project') === (type === 'Project')),
    );
    return paginate(c, found, (row) => ({
      source_id: row.source_id,
      source_name: (row.source === 'project' ? db.projects : db.namespaces).get(row.source_id)?.name ?? '',
      source_type: row.source === 'project' ? 'Project' : 'Namespace',
      access_level: row.access_level,
    }));
  });

  for (const action of ['activate', 'deactivate'] as const) {
    api.post(`/users/:user_id/${action}`, (c) => {
      requireAdmin(c);
      const user = db.users.get(numberInPath(c, 'user_id'));
      if (!user) throw notFound('User');
      if (user.state === 'blocked')
        throw new ApiError(403, { message: `403 Forbidden - A blocked user must be unblocked to be ${action}d` });
      db.users.update(user.id, { state: action === 'activate' ? 'active' : 'deactivated' });
      return c.json(true, 201);
    });
  }

  for (const [action, state] of [
    ['block', 'blocked'],
    ['unblock', 'active'],
  ] as const) {
    api.post(`/users/:user_id/${action}`, (c) => {
      requireAdmin(c);
      const id = numberInPath(c, 'user_id');
      const user = db.users.get(id);
      if (!user) throw notFound('User');
      if (action === 'block' && user.state === 'blocked') return c.json(null, 201);
      db.users.update(id, { state });
      return c.json(true, 201);
    });
  }

  api.post('/users/:user_id/personal_access_tokens', async (c) => {
    requireAdmin(c);
    const userId = numberInPath(c, 'user_id');
    if (!db.users.get(userId)) throw notFound('User');
    const given = await readParameters(
      c,
      z.object({ name: filledText, scopes: list, expires_at: text.nullish(), token: text.optional() }),
    );
    const unknown = given.scopes.find((scope) => !TOKEN_SCOPES.includes(scope));
    if (unknown || given.scopes.length === 0) throw new ApiError(400, { error: 'scopes does not have a valid value' });
    const secret = given.token ?? `glpat-${randomBytes(15).toString('base64url')}`;
    const same = db.tokens.find((row) => row.token === secret);
    if (same && same.user_id !== userId) throw new ApiError(400, { message: 'Token has already been taken' });
    const row = {
      user_id: userId,
      name: given.name,
      token: secret,
      scopes: given.scopes,
      revoked: false,
      expires_at: given.expires_at ?? inDays(world.now(), LONGEST_TOKEN_DAYS),
      created_at: world.now().toISOString(),
      job_id: null,
    };
    const token = same ? db.tokens.update(same.id, row) : db.tokens.insert(row);
    return c.json({ ...presentToken(token), token: token.token }, 201);
  });
}

/** A token that is made without an end gets the latest that GitLab allows. */
const LONGEST_TOKEN_DAYS = 365;

const inDays = (from: Date, days: number): string =>
  new Date(from.getTime() + days * 86_400_000).toISOString().slice(0, 10);

const TOKEN_SCOPES = [
  'api',
  'read_api',
  'read_user',
  'read_repository',
  'write_repository',
  'sudo',
  'create_runner',
  'read_registry',
  'write_registry',
];
