import { createHmac, timingSafeEqual } from 'node:crypto';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';

/** Cookies know no ports: the name must not meet those of other applications on this host. */
export const SESSION_COOKIE = '_gitlab_standin_session';
/** The session of the OpenID provider itself. */
export const PROVIDER_COOKIE = '_gitlab_standin_oidc';

const signature = (secret: string, text: string) =>
  createHmac('sha256', secret).update(`session:${text}`).digest('base64url');

export function sessionValue(world: Pick<World, 'signingKeys'>, user: User): string {
  return `${user.id}.${signature(world.signingKeys.cookieSecret, String(user.id))}`;
}

/** The signed-in user of a session cookie's value. */
export function userOfSession(world: Pick<World, 'signingKeys' | 'db'>, value: string | undefined): User | undefined {
  const [id = '', given = ''] = (value ?? '').split('.');
  const expected = signature(world.signingKeys.cookieSecret, id);
  if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected))) return undefined;
  const user = world.db.users.get(Number(id));
  return user?.state === 'active' ? user : undefined;
}
