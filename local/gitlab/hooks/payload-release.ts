import type { Release } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { hookProjectWithOldNames, hookTime, type readHookCommit } from './payload-parts.ts';

type HookCommit = Awaited<ReturnType<typeof readHookCommit>>;

/** A `Release Hook` body. */
export function releasePayload(
  world: Pick<World, 'url' | 'db'>,
  release: Release,
  action: 'create' | 'update' | 'delete',
  commit: HookCommit,
) {
  const project = world.db.projects.require(release.project_id);
  const archive = (format: string) => ({
    format,
    url: `${world.url}/${project.path_with_namespace}/-/archive/${release.tag}/${project.path}-${release.tag}.${format}`,
  });
  return {
    id: release.id,
    created_at: hookTime(release.created_at),
    description: release.description,
    name: release.name,
    released_at: hookTime(release.released_at),
    tag: release.tag,
    object_kind: 'release',
    project: hookProjectWithOldNames(world, project),
    url: `${world.url}/${project.path_with_namespace}/-/releases/${release.tag}`,
    action,
    assets: {
      count: release.links.length + 4,
      links: release.links.map((link) => ({ ...link, external: true })),
      sources: ['zip', 'tar.gz', 'tar.bz2', 'tar'].map(archive),
    },
    commit,
  };
}
