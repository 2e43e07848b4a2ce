import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Application } from '../rows/users.ts';
import type { World } from '../world.ts';
import { type Api, numberInPath, requireAdmin } from './api.ts';
import { badRequest, notFound } from './api-error.ts';
import { filledText, flag, readParameters } from './read-parameters.ts';

/** OAuth applications of the instance; the secret is shown once, when one is made. */
export function routeApplications(api: Api, world: World): void {
  const { applications } = world.db;
  const show = (row: Application) => ({
    id: row.id,
    application_id: row.application_id,
    application_name: row.name,
    callback_url: row.redirect_uri,
    confidential: row.confidential,
    scopes: row.scopes.split(' '),
  });

  api.get('/applications', (c) => {
    requireAdmin(c);
    return c.json(applications.all().map(show));
  });

  api.post('/applications', async (c) => {
    requireAdmin(c);
    const given = await readParameters(
      c,
      z.object({ name: filledText, redirect_uri: filledText, scopes: filledText, confidential: flag.default(true) }),
    );
    if (!given.redirect_uri.split(/\s+/).every((uri) => URL.canParse(uri)))
      throw badRequest({ redirect_uri: ['must be an absolute URI.'] });
    const row = applications.insert({
      ...given,
      application_id: randomBytes(32).toString('hex'),
      secret: `gloas-${randomBytes(32).toString('hex')}`,
    });
    return c.json({ ...show(row), secret: row.secret }, 201);
  });

  api.delete('/applications/:application', (c) => {
    requireAdmin(c);
    const row = applications.get(numberInPath(c, 'application'));
    if (!row) throw notFound('Application');
    applications.remove(row.id);
    return c.body(null, 204);
  });
}
