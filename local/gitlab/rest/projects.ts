import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { accessToGroup, accessToProject, canSee, DEVELOPER, GUEST, MAINTAINER, membersOf, OWNER } from '../access.ts';
import { FINISHED } from '../ci/pipeline-status.ts';
import { endReaders } from '../git/read-by-name.ts';
import { runGit } from '../git/run-git.ts';
import type { Namespace } from '../rows/members.ts';
import type { Project } from '../rows/projects.ts';
import { removeUploads } from '../uploads.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, openGroup, openProject, paginate, requireCaller } from './api.ts';
import { ApiError, badParameter, badRequest, forbidden, notFound, unauthorized } from './api-error.ts';
import { isPathSegment } from './path-segment.ts';
import { PROJECT_SETTINGS, presentProject, presentSimpleProject } from './present.ts';
import { presentUser } from './present-user.ts';
import { filledText, flag, integer, list, readParameters, text } from './read-parameters.ts';
import { writeReadme } from './write-readme.ts';

const PATH_RULE =
  "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'";
const PROJECT_NAME =
  /^[\p{L}\p{N}\p{Extended_Pictographic}_](?:[\p{L}\p{N}\p{Extended_Pictographic}\p{Pd}_. +]|\u200d|\ufe0f)*$/u;
const NAME_RULE =
  "can contain only letters, digits, emoji, '_', '.', '+', dashes, or spaces. It must start with a letter, digit, emoji, or '_'.";
const Visibility = z.enum(['private', 'internal', 'public']);

const Settings = z.object(
  Object.fromEntries(Object.keys(PROJECT_SETTINGS).map((name) => [name, z.unknown().optional()])),
);

/** Flags and words as they were given, in the form that the API shows them. */
function readSettings(given: Record<string, unknown>): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const normal = PROJECT_SETTINGS[name];
    if (value === undefined) continue;
    if (typeof normal === 'boolean') {
      const parsed = flag.safeParse(value);
      if (!parsed.success) throw badParameter(`${name} is invalid`);
      read[name] = parsed.data;
    } else if (typeof normal === 'number') read[name] = Number(value);
    else if (Array.isArray(normal))
      read[name] = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
    else read[name] = value;
  }
  if (read.merge_method !== undefined && !['merge', 'rebase_merge', 'ff'].includes(String(read.merge_method)))
    throw badParameter('merge_method does not have a valid value');
  if (read.tag_list !== undefined) read.topics ??= read.tag_list;
  return read;
}

const NewProject = z.object({
  initialize_with_readme: flag.default(false),
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

const Filter = z.object({
  search: text.optional(),
  search_namespaces: flag.default(false),
  membership: flag.default(false),
  owned: flag.default(false),
  starred: flag.default(false),
  archived: flag.optional(),
  visibility: Visibility.optional(),
  min_access_level: integer.optional(),
  id_after: integer.optional(),
  id_before: integer.optional(),
  topic: list.optional(),
  simple: flag.default(false),
  order_by: z
    .enum(['id', 'name', 'path', 'created_at', 'updated_at', 'last_activity_at', 'similarity', 'star_count'])
    .default('created_at'),
  sort: z.enum(['asc', 'desc']).default('desc'),
});

/** Moves a project, with its repository, to another path. */
export function relocate(world: World, project: Project, namespace: Namespace, path: string): Project {
  const path_with_namespace = `${namespace.full_path}/${path}`;
  const taken = world.db.projects.find(
    (row) => row.id !== project.id && row.path_with_namespace.toLowerCase() === path_with_namespace.toLowerCase(),
  );
  if (taken) throw badRequest({ path: ['has already been taken'] });
  const from = world.repositories.path(project);
  const changed = world.db.projects.update(project.id, { namespace_id: namespace.id, path, path_with_namespace });
  const to = world.repositories.path(changed);
  if (from !== to && existsSync(from)) {
    mkdirSync(dirname(to), { recursive: true });
    void endReaders(from);
    renameSync(from, to);
  }
  return changed;
}

export function routeProjects(api: Api, world: World): void {
  const { db } = world;

  const listOf = async (c: ApiContext, inScope: (project: Project) => boolean) => {
    const user = c.get('caller')?.user;
    const wanted = await readParameters(c, Filter);
    if (c.req.query('pagination') === 'keyset' && wanted.order_by !== 'id')
      throw new ApiError(405, { error: 'Keyset pagination is not yet available for this type of request' });
    const search = wanted.search?.toLowerCase();
    const found = db.projects.filter((project) => {
      if (!inScope(project)) return false;
      const access = accessToProject(db, user, project, world.now());
      const member = accessToProject(db, user && { ...user, is_admin: false }, project, world.now());
      const name = wanted.search_namespaces ? project.path_with_namespace : `${project.name} ${project.path}`;
      const topics = project.settings.topics;
      return (
        canSee(project.visibility, user, access) &&
        (!wanted.starred || (user !== undefined && project.starrer_ids?.includes(user.id) === true)) &&
        (!wanted.membership || member >= GUEST) &&
        (!wanted.owned || member >= OWNER) &&
        (wanted.min_access_level === undefined || member >= wanted.min_access_level) &&
        (!wanted.visibility || project.visibility === wanted.visibility) &&
        (wanted.archived === undefined || project.archived === wanted.archived) &&
        (wanted.id_after === undefined || project.id > wanted.id_after) &&
        (wanted.id_before === undefined || project.id < wanted.id_before) &&
        (!wanted.topic || (Array.isArray(topics) && wanted.topic.every((topic) => topics.includes(topic)))) &&
        (!search || name.toLowerCase().includes(search))
      );
    });
    const sortValue = (project: Project) =>
      wanted.order_by === 'id'
        ? project.id
        : wanted.order_by === 'name' || wanted.order_by === 'path'
          ? project[wanted.order_by].toLowerCase()
          : wanted.order_by === 'last_activity_at' || wanted.order_by === 'updated_at'
            ? project.last_activity_at
            : project.created_at;
    const direction = wanted.sort === 'asc' ? 1 : -1;
    found.sort((one, other) => {
      const [a, b] = [sortValue(one), sortValue(other)];
      return direction * (a < b ? -1 : a > b ? 1 : one.id - other.id);
    });
    return paginate(c, found, (project) => {
      return wanted.simple || !user ? presentSimpleProject(world, project) : presentProject(world, project, user);
    });
  };

  api.get('/projects', (c) => listOf(c, () => true));
  api.get('/users/:user_id/projects', (c) => {
    const reference = c.req.param('user_id');
    const owner = db.users.find((row) => String(row.id) === reference || row.username === reference);
    if (!owner) throw notFound('User');
    return listOf(c, (project) => db.namespaces.get(project.namespace_id)?.owner_id === owner.id);
  });
  api.get('/groups/:id/projects', async (c) => {
    const { group } = openGroup(world, c);
    const { include_subgroups } = await readParameters(c, z.object({ include_subgroups: flag.default(false) }));
    return listOf(
      c,
      (project) =>
        project.namespace_id === group.id ||
        (include_subgroups && project.path_with_namespace.startsWith(`${group.full_path}/`)),
    );
  });

  api.post('/projects', async (c) => {
    const user = requireCaller(c);
    const given = await readParameters(c, NewProject);
    const settings = readSettings(await readParameters(c, Settings));
    const name = given.name ?? given.path;
    if (!name) throw badParameter('name, path are missing, at least one parameter must be provided');
    if (!PROJECT_NAME.test(name)) throw badRequest({ name: [NAME_RULE] });
    const path = given.path ?? name.toLowerCase().replace(/[^a-z0-9_.-]+/g, '-');
    if (!isPathSegment(path))
      throw badRequest({
        path: [PATH_RULE],
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
      settings,
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
    if (given.initialize_with_readme) {
      const text = `# ${name}\n${given.description ? `\n${given.description}\n` : ''}`;
      await writeReadme(world, project, user, text, 'Initial commit');
    }
    return c.json(presentProject(world, db.projects.require(project.id), user), 201);
  });

  api.get('/projects/:id', (c) => {
    const { project, user } = openProject(world, c);
    return c.json(user ? presentProject(world, project, user) : presentSimpleProject(world, project));
  });

  api.put('/projects/:id', async (c) => {
    const { project, user, repository } = openProject(world, c, MAINTAINER);
    const change = await readParameters(
      c,
      z.object({
        name: filledText.optional(),
        path: filledText.optional(),
        description: text.nullable().optional(),
        visibility: Visibility.optional(),
        default_branch: text.optional(),
        ci_config_path: text.nullable().optional(),
      }),
    );
    const settings = readSettings(await readParameters(c, Settings));
    const { path, ...given } = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    if (Object.keys(given).length === 0 && path === undefined && Object.keys(settings).length === 0)
      throw badParameter(
        `${[...Object.keys(change), 'name', 'path', 'description', 'visibility', 'default_branch', ...Object.keys(PROJECT_SETTINGS)].join(', ')} are missing, at least one parameter must be provided`,
      );
    if (change.name !== undefined && !PROJECT_NAME.test(change.name)) throw badRequest({ name: [NAME_RULE] });
    if (change.default_branch && change.default_branch !== project.default_branch) {
      if (!project.known_refs[`refs/heads/${change.default_branch}`])
        throw badRequest({ base: ['Could not change HEAD: branch does not exist'] });
      await runGit(repository, ['symbolic-ref', 'HEAD', `refs/heads/${change.default_branch}`]);
    }
    if (change.path !== undefined && change.path !== project.path) {
      if (!isPathSegment(change.path)) throw badRequest({ path: [PATH_RULE] });
      relocate(world, project, db.namespaces.require(project.namespace_id), change.path);
    }
    const changed = db.projects.update(project.id, { ...given, settings: { ...project.settings, ...settings } });
    return c.json(presentProject(world, changed, user));
  });

  for (const [action, archived] of [
    ['archive', true],
    ['unarchive', false],
  ] as const) {
    api.post(`/projects/:id/${action}`, (c) => {
      const { project, access, user } = openProject(world, c);
      if (access < OWNER) throw user ? forbidden() : unauthorized();
      return c.json(presentProject(world, db.projects.update(project.id, { archived }), user), 201);
    });
  }

  api.put('/projects/:id/transfer', async (c) => {
    const { project, access, user } = openProject(world, c, MAINTAINER);
    if (access < OWNER || !user) throw forbidden();
    const { namespace } = await readParameters(c, z.object({ namespace: filledText }));
    const target = db.namespaces.find((row) => String(row.id) === namespace || row.full_path === namespace);
    if (!target) throw notFound('Namespace');
    const mine =
      target.kind === 'user' ? target.owner_id === user.id : accessToGroup(db, user, target, world.now()) >= MAINTAINER;
    if (!mine && !user.is_admin) throw badRequest('400 Bad request - Transfer failed, namespace is not valid');
    return c.json(presentProject(world, relocate(world, project, target, project.path), user));
  });

  api.get('/projects/:id/users', async (c) => {
    const { project } = openProject(world, c);
    const { search } = await readParameters(c, z.object({ search: text.optional() }));
    const people = membersOf(db, 'project', project.id, world.now())
      .map((member) => member.user)
      .filter((one) => !search || `${one.name} ${one.username}`.toLowerCase().includes(search.toLowerCase()));
    return paginate(c, people, (one) => presentUser(world, one));
  });

  api.delete('/projects/:id', (c) => {
    const { project, access } = openProject(world, c, MAINTAINER);
    if (access < OWNER) throw forbidden();
    removeProject(world, project);
    return c.json({ message: '202 Accepted' }, 202);
  });
}

/** Everything that is the project's goes with it, and what it runs ends. */
export function removeProject(world: World, project: Project): void {
  const { db } = world;
  const unfinished = db.builds.filter((row) => row.project_id === project.id && !FINISHED.has(row.status));
  world.runner.cancelJobs(unfinished);
  const {
    projects: _projects,
    users: _users,
    tokens: _tokens,
    namespaces: _namespaces,
    applications: _applications,
    variables,
    members,
    shares,
    ...owned
  } = db;
  for (const table of Object.values(owned)) {
    for (const row of table.all()) if (row.project_id === project.id) table.remove(row.id);
  }
  for (const table of [variables, members, shares]) {
    for (const row of table.all()) if (row.source === 'project' && row.source_id === project.id) table.remove(row.id);
  }
  db.projects.remove(project.id);
  void endReaders(world.repositories.path(project));
  rmSync(world.repositories.path(project), { recursive: true, force: true });
  removeUploads(world, project.id);
}
