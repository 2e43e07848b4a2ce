import { REPORTER } from '../access.ts';
import type { World } from '../world.ts';
import { type ApiContext, openProject } from './api.ts';
import { notFound } from './api-error.ts';

/** Code is for members from Reporter up, and for everybody where the project is public. */
export function openRepository(world: World, c: ApiContext) {
  const call = openProject(world, c);
  if (call.project.visibility !== 'public' && call.access < REPORTER) throw notFound('Project');
  return call;
}
