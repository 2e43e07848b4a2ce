import type { Namespace } from '../rows/members.ts';
import type { World } from '../world.ts';

export function presentNamespace(world: Pick<World, 'url'>, namespace: Namespace) {
  return {
    id: namespace.id,
    name: namespace.name,
    path: namespace.path,
    kind: namespace.kind,
    full_path: namespace.full_path,
    parent_id: namespace.parent_id,
    avatar_url: null,
    web_url:
      namespace.kind === 'group' ? `${world.url}/groups/${namespace.full_path}` : `${world.url}/${namespace.path}`,
  };
}

export function fullName(world: Pick<World, 'db'>, group: Namespace): string {
  const parent = group.parent_id === null ? undefined : world.db.namespaces.get(group.parent_id);
  return parent ? `${fullName(world, parent)} / ${group.name}` : group.name;
}

export function presentGroup(world: Pick<World, 'url' | 'db'>, group: Namespace) {
  return {
    id: group.id,
    web_url: `${world.url}/groups/${group.full_path}`,
    name: group.name,
    path: group.path,
    description: group.description,
    visibility: group.visibility,
    share_with_group_lock: false,
    require_two_factor_authentication: false,
    two_factor_grace_period: 48,
    project_creation_level: 'developer',
    subgroup_creation_level: 'maintainer',
    auto_devops_enabled: null,
    emails_disabled: false,
    emails_enabled: true,
    mentions_disabled: null,
    lfs_enabled: true,
    request_access_enabled: true,
    default_branch: null,
    full_name: fullName(world, group),
    full_path: group.full_path,
    parent_id: group.parent_id,
    avatar_url: null,
    created_at: group.created_at,
  };
}

/** The groups that were invited to a group or a project. */
export function sharedWith(world: Pick<World, 'db'>, source: 'group' | 'project', sourceId: number) {
  return world.db.shares
    .filter((share) => share.source === source && share.source_id === sourceId)
    .flatMap((share) => {
      const group = world.db.namespaces.get(share.group_id);
      if (!group) return [];
      return {
        group_id: group.id,
        group_name: group.name,
        group_full_path: group.full_path,
        group_access_level: share.group_access,
        expires_at: share.expires_at,
      };
    });
}

/** As a group is shown alone. */
export const presentGroupFully = (world: Pick<World, 'url' | 'db'>, group: Namespace) => ({
  ...presentGroup(world, group),
  shared_with_groups: sharedWith(world, 'group', group.id),
});
