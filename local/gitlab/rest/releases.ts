import * as z from 'zod';
import { DEVELOPER, MAINTAINER } from '../access.ts';
import * as git from '../git/read-objects.ts';
import { runGit } from '../git/run-git.ts';
import { readHookCommit } from '../hooks/payload-parts.ts';
import { releasePayload } from '../hooks/payload-release.ts';
import type { Project, Release } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, openProject, paginate, requireCaller } from './api.ts';
import { ApiError, forbidden, notFound } from './api-error.ts';
import { openRepository } from './open-repository.ts';
import { presentCommit, presentUser } from './present.ts';
import { filledText, moment, readParameters, text } from './read-parameters.ts';
import { tellOfRefs } from './tell-of-refs.ts';

const Link = z.object({
  name: filledText,
  url: filledText,
  link_type: z.enum(['other', 'runbook', 'image', 'package']).default('other'),
});
const NewRelease = z.object({
  tag_name: filledText,
  tag_message: text.nullish(),
  name: text.nullish(),
  description: text.nullish(),
  ref: text.nullish(),
  released_at: moment.nullish(),
  assets: z.object({ links: z.array(Link).default([]) }).nullish(),
});

/** Releases, each on a tag. */
export function routeReleases(api: Api, world: World): void {
  const { releases } = world.db;
  const commitOf = async (project: Project, tag: string) => {
    const repository = world.repositories.path(project);
    const sha = await git.resolveCommit(repository, `refs/tags/${tag}`);
    return sha ? git.readCommit(repository, sha) : undefined;
  };
  const show = async (project: Project, row: Release) => {
    const commit = await commitOf(project, row.tag);
    const web = `${world.url}/${project.path_with_namespace}`;
    return {
      tag_name: row.tag,
      name: row.name,
      description: row.description,
      created_at: row.created_at,
      released_at: row.released_at,
      upcoming_release: Date.parse(row.released_at) > world.now().getTime(),
      author: presentUser(world, world.db.users.require(row.author_id)),
      commit: commit ? presentCommit(world, project, commit) : null,
      milestones: [],
      commit_path: commit ? `/${project.path_with_namespace}/-/commit/${commit.id}` : null,
      tag_path: `/${project.path_with_namespace}/-/tags/${row.tag}`,
      assets: {
        count: row.links.length + 4,
        sources: ['zip', 'tar.gz', 'tar.bz2', 'tar'].map((format) => ({
          format,
          url: `${web}/-/archive/${row.tag}/${project.path}-${row.tag}.${format}`,
        })),
        links: row.links.map((link) => ({ ...link, direct_asset_url: link.url })),
      },
      evidences: [],
      _links: { self: `${web}/-/releases/${row.tag}`, edit_url: `${web}/-/releases/${row.tag}/edit` },
    };
  };
  const announce = async (project: Project, row: Release, action: 'create' | 'update' | 'delete') => {
    const sha = await git.resolveCommit(world.repositories.path(project), `refs/tags/${row.tag}`);
    const commit = sha ? await readHookCommit(world, project, sha) : null;
    world.deliveries.announce(project.id, 'releases_events', () => releasePayload(world, row, action, commit));
  };
  const open = (c: ApiContext, level = 0) => {
    const call = level === 0 ? openRepository(world, c) : openProject(world, c, level);
    const row = releases.find((one) => one.project_id === call.project.id && one.tag === c.req.param('tag_name'));
    return { ...call, row };
  };

  api.get('/projects/:id/releases', async (c) => {
    const { project } = openRepository(world, c);
    const { order_by, sort } = await readParameters(
      c,
      z.object({
        order_by: z.enum(['released_at', 'created_at']).default('released_at'),
        sort: z.enum(['asc', 'desc']).default('desc'),
      }),
    );
    const direction = sort === 'asc' ? 1 : -1;
    const found = releases
      .filter((row) => row.project_id === project.id)
      .sort((a, b) => direction * (Date.parse(a[order_by]) - Date.parse(b[order_by]) || a.id - b.id));
    const shown = await Promise.all(found.map((row) => show(project, row)));
    return paginate(c, shown, (row) => row);
  });

  api.get('/projects/:id/releases/permalink/latest', (c) => {
    const { project } = openRepository(world, c);
    const newest = releases
      .filter((row) => row.project_id === project.id)
      .sort((a, b) => Date.parse(b.released_at) - Date.parse(a.released_at))[0];
    if (!newest) throw notFound();
    return c.redirect(`${world.url}/api/v4/projects/${project.id}/releases/${encodeURIComponent(newest.tag)}`, 302);
  });

  api.get('/projects/:id/releases/:tag_name', async (c) => {
    const { project, row } = open(c);
    if (!row) throw notFound();
    return c.json(await show(project, row));
  });

  api.post('/projects/:id/releases', async (c) => {
    const { project, repository } = openProject(world, c, DEVELOPER);
    const user = requireCaller(c);
    const given = await readParameters(c, NewRelease);
    const tag = given.tag_name;
    if (releases.find((row) => row.project_id === project.id && row.tag === tag))
      throw new ApiError(409, { message: 'Release already exists' });
    if (!project.known_refs[`refs/tags/${tag}`]) {
      if (!given.ref) throw new ApiError(422, { message: 'Ref is not specified' });
      const sha = await git.resolveCommit(repository, given.ref);
      if (!sha) throw new ApiError(422, { message: `Target ${given.ref} is invalid` });
      await runGit(repository, ['update-ref', `refs/tags/${tag}`, sha, git.ZERO_SHA]);
      await tellOfRefs(world, project, user.id);
    }
    const time = world.now().toISOString();
    const row = releases.insert({
      project_id: project.id,
      author_id: user.id,
      tag,
      name: given.name || tag,
      description: given.description ?? null,
      links: (given.assets?.links ?? []).map((link, index) => ({ ...link, id: index + 1 })),
      created_at: time,
      released_at: given.released_at ? new Date(given.released_at).toISOString() : time,
    });
    await announce(project, row, 'create');
    return c.json(await show(world.db.projects.require(project.id), row), 201);
  });

  api.put('/projects/:id/releases/:tag_name', async (c) => {
    const { project, row } = open(c, DEVELOPER);
    if (!row) throw forbidden();
    const given = await readParameters(
      c,
      z.object({ name: text.nullish(), description: text.nullish(), released_at: moment.nullish() }),
    );
    const changed = releases.update(row.id, {
      name: given.name || row.name,
      description: given.description === undefined ? row.description : given.description,
      released_at: given.released_at ? new Date(given.released_at).toISOString() : row.released_at,
    });
    await announce(project, changed, 'update');
    return c.json(await show(project, changed));
  });

  api.delete('/projects/:id/releases/:tag_name', async (c) => {
    const { project, row, access } = open(c, DEVELOPER);
    if (!row || access < MAINTAINER) throw forbidden();
    const shown = await show(project, row);
    releases.remove(row.id);
    await announce(project, row, 'delete');
    return c.json(shown);
  });
}
