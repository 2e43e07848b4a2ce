import { recordPushes } from '../git/detect-pushes.ts';
import type { Project } from '../rows/projects.ts';
import type { World } from '../world.ts';

/** A ref that moved by the API is a push like any other. */
export async function tellOfRefs(world: World, project: Project, userId: number): Promise<void> {
  const events = await recordPushes(world, world.db.projects.require(project.id), userId, []);
  if (events.length > 0) world.runner.takePushes();
}
