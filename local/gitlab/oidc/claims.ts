import { createHash } from 'node:crypto';
import { DEVELOPER, MAINTAINER, membersOf, OWNER } from '../access.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';

/** The claims that GitLab gives of a user; which of them land in a token depends on the scopes. */
export function claimsOf(
  world: Pick<World, 'db' | 'url' | 'now'>,
  user: User,
): { sub: string } & Record<string, unknown> {
  const groups = world.db.namespaces
    .filter((row) => row.kind === 'group')
    .map((group) => ({
      path: group.full_path,
      level:
        membersOf(world.db, 'group', group.id, world.now()).find((member) => member.user.id === user.id)
          ?.access_level ?? 0,
      direct:
        world.db.members.find(
          (row) => row.source === 'group' && row.source_id === group.id && row.user_id === user.id,
        ) !== undefined,
    }));
  const atLevel = (level: number) => groups.filter((group) => group.level === level).map((group) => group.path);
  const byRole = { owner: atLevel(OWNER), maintainer: atLevel(MAINTAINER), developer: atLevel(DEVELOPER) };
  return {
    sub: String(user.id),
    sub_legacy: createHash('sha256').update(`${user.id}-local`).digest('hex'),
    name: user.name,
    nickname: user.username,
    preferred_username: user.username,
    email: user.email,
    email_verified: true,
    website: '',
    profile: `${world.url}/${user.username}`,
    picture: null,
    groups: groups.filter((group) => group.level > 0).map((group) => group.path),
    groups_direct: groups.filter((group) => group.direct).map((group) => group.path),
    ...Object.fromEntries(
      Object.entries(byRole)
        .filter(([, paths]) => paths.length > 0)
        .map(([role, paths]) => [`https://gitlab.org/claims/groups/${role}`, paths]),
    ),
  };
}
