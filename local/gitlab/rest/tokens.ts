import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Token } from '../rows/users.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, paginate, requireCaller, tokenOf } from './api.ts';
import { ApiError, notFound, unauthorized } from './api-error.ts';
import { flag, integer, moment, readParameters, text } from './read-parameters.ts';

const isActive = (world: Pick<World, 'now'>, token: Token) =>
  !token.revoked && (!token.expires_at || new Date(token.expires_at) > world.now());

/** What a personal access token may ask about itself, whatever its scopes are. */
export function routeTokens(api: Api, world: World): void {
  const own = (c: ApiContext): Token => {
    requireCaller(c);
    const secret = tokenOf(c);
    const token = world.db.tokens.find((row) => row.token === secret && !row.revoked);
    if (token === undefined) throw unauthorized();
    if (token.job_id !== null) throw new ApiError(400, { message: '400 Bad request - This method requires a token' });
    return token;
  };
  api.get('/personal_access_tokens/self', (c) => c.json(presentToken(own(c))));
  const visible = (c: ApiContext, id: number): Token => {
    const user = requireCaller(c);
    const token = world.db.tokens.get(id);
    if (token?.job_id !== null || (token.user_id !== user.id && !user.is_admin)) {
      if (user.is_admin) throw notFound();
      throw unauthorized();
    }
    return token;
  };
  api.get('/personal_access_tokens', async (c) => {
    const user = requireCaller(c);
    const wanted = await readParameters(
      c,
      z.object({
        user_id: integer.optional(),
        revoked: flag.optional(),
        state: z.enum(['active', 'inactive']).optional(),
        search: text.optional(),
      }),
    );
    if (wanted.user_id !== undefined && wanted.user_id !== user.id && !user.is_admin) throw unauthorized();
    const owner = wanted.user_id ?? (user.is_admin ? undefined : user.id);
    const found = world.db.tokens.filter(
      (row) =>
        row.job_id === null &&
        (owner === undefined || row.user_id === owner) &&
        (wanted.revoked === undefined || row.revoked === wanted.revoked) &&
        (wanted.state === undefined || isActive(world, row) === (wanted.state === 'active')) &&
        (!wanted.search || row.name.includes(wanted.search)),
    );
    return paginate(c, found, presentToken);
  });
  api.get('/personal_access_tokens/:token_id{[0-9]+}', (c) =>
    c.json(presentToken(visible(c, numberInPath(c, 'token_id')))),
  );
  api.delete('/personal_access_tokens/:token_id{[0-9]+}', (c) => {
    world.db.tokens.update(visible(c, numberInPath(c, 'token_id')).id, { revoked: true });
    return c.body(null, 204);
  });
  const rotate = async (c: ApiContext, old: Token) => {
    const { expires_at } = await readParameters(c, z.object({ expires_at: moment.optional() }));
    if (old.revoked) throw new ApiError(400, { message: '400 Bad request - Token already revoked' });
    world.db.tokens.update(old.id, { revoked: true });
    const week = new Date(world.now().getTime() + 7 * 86_400_000).toISOString().slice(0, 10);
    const { id: _id, ...rest } = old;
    const token = world.db.tokens.insert({
      ...rest,
      token: `glpat-${randomBytes(15).toString('base64url')}`,
      revoked: false,
      expires_at: expires_at ?? week,
      created_at: world.now().toISOString(),
    });
    return c.json({ ...presentToken(token), token: token.token });
  };
  api.post('/personal_access_tokens/self/rotate', (c) => rotate(c, own(c)));
  api.post('/personal_access_tokens/:token_id{[0-9]+}/rotate', (c) =>
    rotate(c, visible(c, numberInPath(c, 'token_id'))),
  );
  api.delete('/personal_access_tokens/self', (c) => {
    world.db.tokens.update(own(c).id, { revoked: true });
    return c.body(null, 204);
  });
}

export function presentToken({ id, name, revoked, created_at, scopes, user_id, expires_at }: Token) {
  return {
    id,
    name,
    revoked,
    created_at,
    description: null,
    scopes,
    user_id,
    last_used_at: null,
    active: !revoked,
    expires_at,
  };
}
