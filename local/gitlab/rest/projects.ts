import { rmSync } from 'node:fs';
import * as z from 'zod';
import { accessToGroup, accessToProject, canSee, DEVELOPER, GUEST, MAINTAINER, OWNER } from '../access.ts';
import { runGit } from '../git/run-git.ts';
import { removeUploads } from '../uploads.ts';
import type { World } from '../world.ts';
import { type Api, openProject, paginate, requireCaller } from './api.ts';
import { badParameter, badRequest, forbidden } from './api-error.ts';
import { isPathSegment } from './groups.ts';
import { presentProject } from './present.ts';
import { filledText, flag, integer, readParameters, text } from './read-parameters.ts';

const Visibility = z.enum(['private', 'internal', 'public']);
const NewProject = z.object({
  /** GitLab numbers projects itself; here a fixed number keeps what names the project by id true after a reset. */
  id: integer.optional(),
  name: filledText.optional(),
  path: filledText.optional(),
  namespace_id: integer.optional(),
  description: text.nullable().default(null),
  visibility: Visibility.default('private'),
  default_branch: text.default('main'),
  ci_config_path: text.nullable().default(null),
});

export function routeProjects(api: Api, world: World): void {
  const { db } = world;

  api.get('/projects', async (c) => {
    const user = c.get('caller')?.user;
    const { search, membership } = await readParameters(
      c,
      z.object({ search: text.optional(), membership: flag.default(false) }),
    );
    const visible = db.projects.filter((project) => {
      const access = accessToProject(db, user, project, world.now());
      const seen = membership ? access >= GUEST : canSee(project.visibility, user, access);
      return seen && (!search || project.path_with_namespace.toLowerCase().includes(search.toLowerCase()));
    });
    return paginate(c, visible.reverse(), (project) => presentProject(world, project, user));
  });

  api.post('/projects', async (c) => {
    const user = requireCaller(c);
    const given = await readParameters(c, NewProject);
    const name = given.name ?? given.path;
    if (!name) throw badParameter('name, path are missing, at least one parameter must be provided');
    const path = given.path ?? name.toLowerCase().replace(/[^a-z0-9_.-]+/g, '-');
    if (!isPathSegment(path))
      throw badRequest({
        path: [
          "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'",
        ],
      });
    const namespace = db.namespaces.find((row) =>
      given.namespace_id === undefined ? row.owner_id === user.id : row.id === given.namespace_id,
    );
    if (!namespace) throw badRequest({ namespace: ['is not valid'] });
    const mine =
      namespace.kind === 'user'
        ? namespace.owner_id === user.id || user.is_admin
        : accessToGroup(db, user, namespace, world.now()) >= DEVELOPER;
    if (!mine) throw badRequest({ namespace: ['is not valid'] });
    const path_with_namespace = `${namespace.full_path}/${path}`;
    if (db.projects.find((row) => row.path_with_namespace.toLowerCase() === path_with_namespace.toLowerCase())) {
      throw badRequest({
        'project_namespace.name': ['has already been taken'],
        name: ['has already been taken'],
        path: ['has already been taken'],
      });
    }
    if (given.id !== undefined && (!user.is_admin || db.projects.get(given.id)))
      throw badRequest({ id: ['has already been taken'] });
    const created_at = world.now().toISOString();
    const project = db.projects.insert({
      id: given.id,
      namespace_id: namespace.id,
      name,
      path,
      path_with_namespace,
      description: given.description,
      visibility: given.visibility,
      default_branch: given.default_branch,
      ci_config_path: given.ci_config_path,
      creator_id: user.id,
      created_at,
      last_activity_at: created_at,
      known_refs: {},
      pushing_user_id: null,
      archived: false,
      settings: {},
    });
    await world.repositories.ensure(project);
    if (namespace.kind === 'group' && !user.is_admin) {
      db.members.insert({
        source: 'project',
        source_id: project.id,
        user_id: user.id,
        access_level: MAINTAINER,
        expires_at: null,
        created_at,
      });
    }
    return c.json(presentProject(world, project, user), 201);
  });

  api.get('/projects/:id', (c) => {
    const { project, user } = openProject(world, c);
    return c.json(presentProject(world, project, user));
  });

  api.put('/projects/:id', async (c) => {
    const { project, user, repository } = openProject(world, c, MAINTAINER);
    const change = await readParameters(
      c,
      z.object({
        name: filledText.optional(),
        description: text.nullable().optional(),
        visibility: Visibility.optional(),
        default_branch: text.optional(),
        ci_config_path: text.nullable().optional(),
      }),
    );
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    if (Object.keys(given).length === 0)
      throw badParameter('no parameter that can be changed was given, at least one parameter must be provided');
    if (change.default_branch) {
      if (!project.known_refs[`refs/heads/${change.default_branch}`])
        throw badRequest({ base: ['Could not change HEAD: branch does not exist'] });
      await runGit(repository, ['symbolic-ref', 'HEAD', `refs/heads/${change.default_branch}`]);
    }
    return c.json(presentProject(world, db.projects.update(project.id, given), user));
  });

  api.delete('/projects/:id', (c) => {
    const { project, access, repository } = openProject(world, c, MAINTAINER);
    if (access < OWNER) throw forbidden();
    const {
      projects: _projects,
      users: _users,
      tokens: _tokens,
      namespaces: _namespaces,
      applications: _applications,
      variables,
      members,
      ...owned
    } = db;
    for (const table of Object.values(owned)) {
      for (const row of table.all()) if (row.project_id === project.id) table.remove(row.id);
    }
    for (const table of [variables, members]) {
      for (const row of table.all()) if (row.source === 'project' && row.source_id === project.id) table.remove(row.id);
    }
    db.projects.remove(project.id);
    rmSync(repository, { recursive: true, force: true });
    removeUploads(world, project.id);
    return c.json({ message: '202 Accepted' }, 202);
  });
}
