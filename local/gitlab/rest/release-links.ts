import * as z from 'zod';
import { DEVELOPER } from '../access.ts';
import type { Release } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openProject, paginate } from './api.ts';
import { badRequest, notFound } from './api-error.ts';
import { openRepository } from './open-repository.ts';
import { filledText, readParameters } from './read-parameters.ts';

type Link = Release['links'][number];
const LinkType = z.enum(['other', 'runbook', 'image', 'package']);

/** The links that stand beside a release's archives. */
export function routeReleaseLinks(api: Api, world: World): void {
  const { releases } = world.db;
  const base = '/projects/:id/releases/:tag_name/assets/links';
  const show = (link: Link) => ({ ...link, direct_asset_url: link.url });
  const open = (c: ApiContext, level = 0): Release => {
    const { project } = level === 0 ? openRepository(world, c) : openProject(world, c, level);
    const row = releases.find((one) => one.project_id === project.id && one.tag === c.req.param('tag_name'));
    if (!row) throw notFound();
    return row;
  };
  const linkOf = (c: ApiContext, row: Release): Link => {
    const link = row.links.find((one) => one.id === numberInPath(c, 'link_id'));
    if (!link) throw notFound();
    return link;
  };
  const requireFree = (row: Release, given: Partial<Link>, own?: Link) => {
    for (const key of ['url', 'name'] as const)
      if (row.links.some((one) => one.id !== own?.id && one[key] === given[key]))
        throw badRequest({ [key]: ['has already been taken'] });
  };

  api.get(base, (c) => paginate(c, open(c).links, show));
  api.get(`${base}/:link_id`, (c) => c.json(show(linkOf(c, open(c)))));
  api.post(base, async (c) => {
    const row = open(c, DEVELOPER);
    const given = await readParameters(
      c,
      z.object({ name: filledText, url: filledText, link_type: LinkType.default('other') }),
    );
    requireFree(row, given);
    const link = { id: Math.max(0, ...row.links.map((one) => one.id)) + 1, ...given };
    releases.update(row.id, { links: [...row.links, link] });
    return c.json(show(link), 201);
  });
  api.put(`${base}/:link_id`, async (c) => {
    const row = open(c, DEVELOPER);
    const link = linkOf(c, row);
    const { name, url, link_type } = await readParameters(
      c,
      z.object({ name: filledText.optional(), url: filledText.optional(), link_type: LinkType.optional() }),
    );
    const changed = { ...link, name: name ?? link.name, url: url ?? link.url, link_type: link_type ?? link.link_type };
    requireFree(row, changed, link);
    releases.update(row.id, { links: row.links.map((one) => (one.id === link.id ? changed : one)) });
    return c.json(show(changed));
  });
  api.delete(`${base}/:link_id`, (c) => {
    const row = open(c, DEVELOPER);
    const link = linkOf(c, row);
    releases.update(row.id, { links: row.links.filter((one) => one.id !== link.id) });
    return c.json(show(link));
  });
}
