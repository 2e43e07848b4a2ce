import type { Namespace } from '../rows/members.ts';
import type { World } from '../world.ts';
import { badRequest } from './api-error.ts';
import { isPathSegment } from './path-segment.ts';
import { relocate } from './projects.ts';

/** Gives a group another place or path; what is below it, with the repositories, goes along. */
export function relocateGroup(world: World, group: Namespace, parentId: number | null, path: string): Namespace {
  const { db } = world;
  if (!isPathSegment(path)) throw badRequest({ path: ['can contain only letters, digits, "_", "-" and "."'] });
  const parent = parentId === null ? undefined : db.namespaces.require(parentId);
  const full_path = parent ? `${parent.full_path}/${path}` : path;
  const taken = db.namespaces.find(
    (row) => row.id !== group.id && row.full_path.toLowerCase() === full_path.toLowerCase(),
  );
  if (taken) throw badRequest({ path: ['has already been taken'] });
  const below = db.namespaces.filter((row) => row.full_path.startsWith(`${group.full_path}/`));
  const moved = db.namespaces.update(group.id, { parent_id: parentId, path, full_path });
  for (const row of below)
    db.namespaces.update(row.id, { full_path: `${full_path}${row.full_path.slice(group.full_path.length)}` });
  for (const id of [group.id, ...below.map((row) => row.id)])
    for (const project of db.projects.filter((row) => row.namespace_id === id))
      relocate(world, project, db.namespaces.require(id), project.path);
  return moved;
}
