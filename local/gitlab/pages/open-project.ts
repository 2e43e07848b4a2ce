import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { accessToProject, canSee, REPORTER } from '../access.ts';
import { SESSION_COOKIE, userOfSession } from '../oidc/session-cookie.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';

export interface Visit {
  project: Project;
  user: User | undefined;
  access: number;
}

export const visitor = (world: World, c: Context) => userOfSession(world, getCookie(c, SESSION_COOKIE));

/** The project of a page's address, for visitors who may read its code; undefined for all others. */
export function visitProject(world: World, c: Context, path: string): Visit | undefined {
  const user = visitor(world, c);
  const project = world.db.projects.find((row) => row.path_with_namespace === path);
  const access = project ? accessToProject(world.db, user, project, world.now()) : 0;
  if (!project || !canSee(project.visibility, user, access)) return undefined;
  return project.visibility === 'public' || access >= REPORTER ? { project, user, access } : undefined;
}
