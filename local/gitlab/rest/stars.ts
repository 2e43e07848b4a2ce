import { groupsUpwards } from '../access.ts';
import type { World } from '../world.ts';
import { type Api, openProject, paginate, requireCaller } from './api.ts';
import { presentProject } from './present.ts';
import { presentGroup } from './present-group.ts';
import { presentUser } from './present-user.ts';

/** Who likes a project, and the groups that it is in. */
export function routeStars(api: Api, world: World): void {
  const { db } = world;
  for (const [action, wanted] of [
    ['star', true],
    ['unstar', false],
  ] as const) {
    api.post(`/projects/:id/${action}`, (c) => {
      const user = requireCaller(c);
      const { project } = openProject(world, c);
      const starrers = project.starrer_ids ?? [];
      if (starrers.includes(user.id) === wanted) return c.body(null, 304);
      const starrer_ids = wanted ? [...starrers, user.id] : starrers.filter((id) => id !== user.id);
      return c.json(presentProject(world, db.projects.update(project.id, { starrer_ids }), user), 201);
    });
  }
  api.get('/projects/:id/starrers', (c) => {
    const { project } = openProject(world, c);
    const people = (project.starrer_ids ?? []).flatMap((id) => db.users.get(id) ?? []);
    return paginate(c, people, (user) => ({ starred_since: project.created_at, user: presentUser(world, user) }));
  });

  api.get('/projects/:id/groups', (c) => {
    const { project } = openProject(world, c);
    const groups = groupsUpwards(db, project.namespace_id).filter((group) => group.kind === 'group');
    return paginate(c, groups, (group) => {
      const { id, web_url, name, avatar_url, full_name, full_path } = presentGroup(world, group);
      return { id, web_url, name, avatar_url, full_name, full_path };
    });
  });
}
