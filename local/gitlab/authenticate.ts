import type { User } from './rows/users.ts';
import type { World } from './world.ts';

/** The active user of a personal access token or a job token, and what the token may do. */
export function findUserByToken(
  world: Pick<World, 'db' | 'now'>,
  text: string,
): { user: User; scopes: string[]; jobId: number | null } | undefined {
  const token = text ? world.db.tokens.find((row) => row.token === text) : undefined;
  const user = token && world.db.users.get(token.user_id);
  if (!token || !user || tokenFault(world, text)) return undefined;
  return { user, scopes: token.scopes, jobId: token.job_id };
}

/** Why a token that was given out once lets nobody in any more. */
export function tokenFault(
  world: Pick<World, 'db' | 'now'>,
  text: string,
): 'revoked' | 'expired' | 'blocked' | undefined {
  const token = world.db.tokens.find((row) => row.token === text);
  if (!token) return undefined;
  if (token.revoked) return 'revoked';
  if (token.expires_at && new Date(token.expires_at) <= world.now()) return 'expired';
  return world.db.users.get(token.user_id)?.state === 'active' ? undefined : 'blocked';
}
