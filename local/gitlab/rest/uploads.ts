import { GUEST, MAINTAINER } from '../access.ts';
import type { Upload } from '../rows/projects.ts';
import { findUpload, keepUpload, uploadResponse } from '../uploads.ts';
import type { World } from '../world.ts';
import { type Api, openProject, paginate, requireCaller } from './api.ts';
import { ApiError, badParameter, notFound } from './api-error.ts';
import { presentUser } from './present.ts';

/** GitLab's own default for attachments. */
const LARGEST_BYTES = 100 * 1024 * 1024;

/** Files for issues and comments: uploaded by the API, linked by the Markdown that the answer gives. */
export function routeUploads(api: Api, world: World): void {
  const { uploads } = world.db;

  api.post('/projects/:id/uploads', async (c) => {
    const { project } = openProject(world, c, GUEST);
    const user = requireCaller(c);
    const form = await c.req.formData().catch(() => undefined);
    const file = form?.get('file') ?? undefined;
    if (file === undefined) throw badParameter('file is missing');
    if (typeof file === 'string') throw badParameter('file is invalid');
    if (file.size > LARGEST_BYTES) throw new ApiError(413, { message: '413 Request Entity Too Large' });
    const upload = keepUpload(world, project, user, file.name, Buffer.from(await file.arrayBuffer()));
    return c.json(presentUpload(upload), 201);
  });

  api.get('/projects/:id/uploads', (c) => {
    const { project } = openProject(world, c, MAINTAINER);
    const found = uploads.filter((row) => row.project_id === project.id).reverse();
    return paginate(c, found, ({ id, size, filename, created_at, user_id }) => ({
      id,
      size,
      filename,
      created_at,
      uploaded_by: presentUser(world, world.db.users.require(user_id)),
    }));
  });

  api.get('/projects/:id/uploads/:secret/:filename', async (c) => {
    const { project } = openProject(world, c, GUEST);
    const upload = findUpload(world, project.id, c.req.param('secret'), c.req.param('filename'));
    if (upload === undefined) throw notFound();
    return uploadResponse(world, upload);
  });
}

function presentUpload({ id, project_id, secret, filename }: Upload) {
  const url = `/uploads/${secret}/${filename}`;
  const isPicture = /\.(png|jpe?g|gif|bmp|tiff|ico|webp)$/i.test(filename);
  const alt = isPicture ? filename.replace(/\.[^.]+$/, '') : filename;
  return {
    id,
    alt,
    url,
    full_path: `/-/project/${project_id}${url}`,
    markdown: `${isPicture ? '!' : ''}[${alt}](${url})`,
  };
}
