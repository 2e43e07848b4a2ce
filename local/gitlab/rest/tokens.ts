import type { Token } from '../rows.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, requireCaller, tokenOf } from './api.ts';
import { ApiError, unauthorized } from './api-error.ts';

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
