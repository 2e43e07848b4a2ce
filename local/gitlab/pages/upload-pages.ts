import { Hono } from 'hono';
import { accessToProject, canSee } from '../access.ts';
import { findUpload, uploadResponse } from '../uploads.ts';
import type { World } from '../world.ts';
import { visitor } from './open-project.ts';

/** `/-/project/17/uploads/<secret>/report.html`, for those who may see the project. */
export function uploadPages(world: World): Hono {
  const pages = new Hono();
  pages.get('/-/project/:id/uploads/:secret/:filename', async (c) => {
    const user = visitor(world, c);
    const project = world.db.projects.get(Number(c.req.param('id')));
    const access = project ? accessToProject(world.db, user, project, world.now()) : 0;
    if (!user && project?.visibility !== 'public')
      return c.redirect(`/users/sign_in?redirect_to=${encodeURIComponent(c.req.path)}`, 302);
    if (!project || !canSee(project.visibility, user, access)) return c.text('Not found\n', 404);
    const upload = findUpload(world, project.id, c.req.param('secret'), c.req.param('filename'));
    return upload ? uploadResponse(world, upload) : c.text('Not found\n', 404);
  });
  return pages;
}
