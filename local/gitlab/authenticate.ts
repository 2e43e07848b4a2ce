import type { User } from './rows.ts';
import type { World } from './world.ts';

/** The active user of a personal access token or a job token, and what the token may do. */
export function findUserByToken(
  world: Pick<World, 'db' | 'now'>,
  text: string,
): { user: User; scopes: string[]; jobId: number | null } | undefined {
  if (!text) return undefined;
  const token = world.db.tokens.find((row) => row.token === text && !row.revoked);
  if (!token || (token.expires_at && new Date(token.expires_at) <= world.now())) return undefined;
  const user = world.db.users.get(token.user_id);
  return user?.state === 'active' ? { user, scopes: token.scopes, jobId: token.job_id } : undefined;
}
