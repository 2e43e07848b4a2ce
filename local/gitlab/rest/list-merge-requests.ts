import { accessToProject, canSee } from '../access.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { World } from '../world.ts';
import type { Api, ApiContext } from './api.ts';
import { openForReading, openGroup, paginate, requireCaller } from './api.ts';
import { Filter, matches } from './filter-merge-requests.ts';
import { presentMergeRequest } from './present-merge-request.ts';
import { readParameters } from './read-parameters.ts';

export function routeMergeRequestLists(api: Api, world: World): void {
  const { mergeRequests } = world.db;
  const simple = (row: MergeRequest) => {
    const { id, iid, project_id, title, description, state, created_at, updated_at, web_url } = presentMergeRequest(
      world,
      row,
    );
    return { id, iid, project_id, title, description, state, created_at, updated_at, web_url };
  };
  const show = (row: MergeRequest) => presentMergeRequest(world, row);
  const listOf = async (c: ApiContext, inScope: (row: MergeRequest) => boolean, scope?: 'created_by_me') => {
    const wanted = await readParameters(c, Filter);
    const caller = c.get('caller')?.user;
    const filter = { ...wanted, scope: wanted.scope ?? scope };
    const key = wanted.order_by;
    const direction = wanted.sort === 'asc' ? 1 : -1;
    const found = mergeRequests
      .filter((row) => inScope(row) && matches(world, row, filter, caller))
      .sort(
        (a, b) =>
          direction * ((a[key] ?? '') < (b[key] ?? '') ? -1 : (a[key] ?? '') > (b[key] ?? '') ? 1 : a.id - b.id),
      );
    return paginate(c, found, wanted.view === 'simple' ? simple : show);
  };

  api.get('/merge_requests', (c) => {
    const caller = requireCaller(c);
    const visible = new Set(
      world.db.projects
        .filter((project) =>
          canSee(project.visibility, caller, accessToProject(world.db, caller, project, world.now())),
        )
        .map((project) => project.id),
    );
    return listOf(c, (row) => visible.has(row.project_id), 'created_by_me');
  });
  api.get('/groups/:id/merge_requests', (c) => {
    const { group } = openGroup(world, c);
    const within = (row: MergeRequest) =>
      world.db.projects.require(row.project_id).path_with_namespace.startsWith(`${group.full_path}/`);
    return listOf(c, within);
  });
  api.get('/projects/:id/merge_requests', (c) => {
    const { project } = openForReading(world, c);
    return listOf(c, (row) => row.project_id === project.id);
  });
}
