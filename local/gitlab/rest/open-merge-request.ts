import type { World } from '../world.ts';
import type { ApiContext } from './api.ts';
import { numberInPath, openForReading, openProject } from './api.ts';
import { notFound } from './api-error.ts';

export const ONE = '/projects/:id/merge_requests/:merge_request_iid';

/** The merge request of the path, if the caller may see it and has the level that the call needs. */
export function openMergeRequest(world: World, c: ApiContext, level = 0) {
  const call = level === 0 ? openForReading(world, c) : openProject(world, c, level);
  const iid = numberInPath(c, 'merge_request_iid');
  const row = world.db.mergeRequests.find((found) => found.project_id === call.project.id && found.iid === iid);
  if (!row) throw notFound();
  return { ...call, row };
}
