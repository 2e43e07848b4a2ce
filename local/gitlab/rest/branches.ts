import * as z from 'zod';
import { DEVELOPER, isProtectedBranch, MAINTAINER, protectionOf } from '../access.ts';
import { isAncestor } from '../git/read-history.ts';
import { readCommit, resolveCommit, ZERO_SHA } from '../git/read-objects.ts';
import { GitError, runGit } from '../git/run-git.ts';
import { createTagObject, readTag } from '../git/tags.ts';
import { PatternError, whereFound } from '../match-pattern.ts';
import type { Project, ProtectedBranch } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { type Api, openProject, pageOf, pageResponse, paginate } from './api.ts';
import { ApiError, badParameter, badRequest, forbidden, notFound } from './api-error.ts';
import { openRepository } from './open-repository.ts';
import { presentCommit } from './present.ts';
import { filledText, flag, integer, readParameters, text } from './read-parameters.ts';
import { tellOfRefs } from './tell-of-refs.ts';
import { writeReadme } from './write-readme.ts';

const HEADS = 'refs/heads/';
const TAGS = 'refs/tags/';

export function routeBranches(api: Api, world: World): void {
  const { db } = world;

  const showBranch = async (project: Project, name: string, access: number) => {
    const repository = world.repositories.path(project);
    const sha = await resolveCommit(repository, `${HEADS}${name}`);
    const commit = sha ? await readCommit(repository, sha) : undefined;
    if (!commit) throw notFound('Branch');
    const head = await resolveCommit(repository, `${HEADS}${project.default_branch}`);
    const rule = protectionOf(db, project.id, name);
    return {
      name,
      merged: name !== project.default_branch && head !== undefined && (await isAncestor(repository, commit.id, head)),
      protected: rule !== undefined,
      default: name === project.default_branch,
      developers_can_push: rule !== undefined && rule.push_access_level <= DEVELOPER && rule.push_access_level > 0,
      developers_can_merge: rule !== undefined && rule.merge_access_level <= DEVELOPER && rule.merge_access_level > 0,
      can_push: access >= Math.max(DEVELOPER, rule?.push_access_level ?? 0),
      web_url: `${world.url}/${project.path_with_namespace}/-/tree/${name}`,
      commit: presentCommit(world, project, commit),
    };
  };

  api.get('/projects/:id/repository/branches', async (c) => {
    const { project, access } = openRepository(world, c);
    const { search, regex } = await readParameters(c, z.object({ search: text.optional(), regex: text.optional() }));
    const searched = namesOf(project, HEADS).filter((name) => matchesSearch(name, search));
    const names = whereRegexFits(searched, regex);
    const { page, perPage } = pageOf(c);
    const shown = names.slice((page - 1) * perPage, page * perPage);
    return pageResponse(c, await Promise.all(shown.map((name) => showBranch(project, name, access))), names.length);
  });

  api.get('/projects/:id/repository/branches/:branch', async (c) => {
    const { project, access } = openRepository(world, c);
    const shown = await showBranch(project, c.req.param('branch'), access);
    return c.req.method === 'HEAD' ? c.body(null, 204) : c.json(shown);
  });

  api.post('/projects/:id/repository/branches', async (c) => {
    const { project, access, user, repository } = openProject(world, c, DEVELOPER);
    const { branch, ref } = await readParameters(c, z.object({ branch: filledText, ref: filledText }));
    // GitLab gives a repository without commits its first one, so that there is something to branch off.
    if (user && Object.keys(project.known_refs).length === 0)
      await writeReadme(world, project, user, '', 'Add README.md');
    const sha = await resolveCommit(repository, ref);
    if (!sha) throw badRequest(`Invalid reference name: ${ref}`);
    if (db.projects.require(project.id).known_refs[`${HEADS}${branch}`]) throw badRequest('Branch already exists');
    await moveRefOrRefuse(repository, `${HEADS}${branch}`, sha, ZERO_SHA);
    await tellOfRefs(world, project, user?.id ?? project.creator_id);
    return c.json(await showBranch(db.projects.require(project.id), branch, access), 201);
  });

  api.delete('/projects/:id/repository/branches/:branch', async (c) => {
    const { project, user, access, repository } = openProject(world, c, DEVELOPER);
    const branch = c.req.param('branch');
    const sha = project.known_refs[`${HEADS}${branch}`];
    if (!sha) throw notFound('Branch');
    if (branch === project.default_branch) throw new ApiError(405, { message: 'Cannot remove HEAD branch' });
    if (isProtectedBranch(db, project.id, branch) && access < MAINTAINER)
      throw new ApiError(405, { message: 'You dont have push access to repo' });
    await runGit(repository, ['update-ref', '-d', `${HEADS}${branch}`, sha]);
    await tellOfRefs(world, project, user?.id ?? project.creator_id);
    return c.body(null, 204);
  });

  api.delete('/projects/:id/repository/merged_branches', async (c) => {
    const { project, user, repository } = openProject(world, c, DEVELOPER);
    const head = project.known_refs[`${HEADS}${project.default_branch}`];
    for (const name of namesOf(project, HEADS)) {
      if (name === project.default_branch || isProtectedBranch(db, project.id, name) || !head) continue;
      const sha = project.known_refs[`${HEADS}${name}`];
      if (sha && (await isAncestor(repository, sha, head)))
        await runGit(repository, ['update-ref', '-d', `${HEADS}${name}`, sha]);
    }
    await tellOfRefs(world, project, user?.id ?? project.creator_id);
    return c.json({ message: '202 Accepted' }, 202);
  });

  api.get('/projects/:id/repository/tags', async (c) => {
    const { project, repository } = openRepository(world, c);
    const wanted = await readParameters(
      c,
      z.object({
        search: text.optional(),
        order_by: z.enum(['name', 'updated', 'version']).default('updated'),
        sort: z.enum(['asc', 'desc']).default('desc'),
      }),
    );
    const names = namesOf(project, TAGS).filter((name) => matchesSearch(name, wanted.search));
    const tags = await Promise.all(names.map(async (name) => showTag(project, repository, name)));
    const age = (tag: (typeof tags)[number]) => Date.parse(tag.created_at ?? tag.commit?.committed_date ?? '') || 0;
    const byName = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: wanted.order_by === 'version' });
    tags.sort((a, b) => (wanted.order_by === 'updated' ? age(a) - age(b) : 0) || byName(a.name, b.name));
    if (wanted.sort === 'desc') tags.reverse();
    return paginate(c, tags, (tag) => tag);
  });

  api.post('/projects/:id/repository/tags', async (c) => {
    const { project, user, repository, access } = openProject(world, c, DEVELOPER);
    const given = await readParameters(c, z.object({ tag_name: filledText, ref: filledText, message: text.nullish() }));
    const name = given.tag_name;
    const valid = await runGit(repository, ['check-ref-format', `${TAGS}${name}`]).catch(() => undefined);
    if (!valid || name.startsWith('-')) throw badRequest('Tag name invalid');
    if (access < DEVELOPER || !user) throw forbidden();
    const sha = await resolveCommit(repository, given.ref);
    if (!sha) throw badRequest(`Target ${given.ref} is invalid`);
    if (project.known_refs[`${TAGS}${name}`]) throw badRequest(`Tag ${name} already exists`);
    const message = given.message?.trim();
    const target = message
      ? await createTagObject(repository, { name, sha, message, tagger: user, at: world.now() })
      : sha;
    await runGit(repository, ['update-ref', `${TAGS}${name}`, target, ZERO_SHA]);
    await tellOfRefs(world, project, user.id);
    return c.json(await showTag(db.projects.require(project.id), repository, name), 201);
  });

  api.delete('/projects/:id/repository/tags/:tag', async (c) => {
    const { project, user, repository } = openProject(world, c, DEVELOPER);
    const name = c.req.param('tag');
    const target = project.known_refs[`${TAGS}${name}`];
    if (!target) throw notFound('Tag');
    await runGit(repository, ['update-ref', '-d', `${TAGS}${name}`, target]);
    for (const row of db.releases.filter((release) => release.project_id === project.id && release.tag === name))
      db.releases.remove(row.id);
    await tellOfRefs(world, project, user?.id ?? project.creator_id);
    return c.body(null, 204);
  });

  api.get('/projects/:id/repository/tags/:tag', async (c) => {
    const { project, repository } = openRepository(world, c);
    const name = c.req.param('tag');
    if (!project.known_refs[`${TAGS}${name}`]) throw notFound('Tag');
    return c.json(await showTag(project, repository, name));
  });

  const showTag = async (project: Project, repository: string, name: string) => {
    const sha = await resolveCommit(repository, `${TAGS}${name}`);
    const commit = sha ? await readCommit(repository, sha) : undefined;
    const target = project.known_refs[`${TAGS}${name}`];
    const about = await readTag(repository, target);
    const release = db.releases.find((row) => row.project_id === project.id && row.tag === name);
    return {
      name,
      message: about?.message ?? '',
      target: target ?? null,
      commit: commit ? presentCommit(world, project, commit) : null,
      release: release ? { tag_name: name, description: release.description } : null,
      protected: false,
      created_at: about?.at ?? null,
    };
  };

  routeProtectedBranches(api, world);
}

const matchesSearch = (name: string, search: string | undefined): boolean => {
  if (!search) return true;
  const plain = search.replace(/^\^|\$$/g, '').toLowerCase();
  const lower = name.toLowerCase();
  if (search.startsWith('^') && search.endsWith('$')) return lower === plain;
  if (search.startsWith('^')) return lower.startsWith(plain);
  return search.endsWith('$') ? lower.endsWith(plain) : lower.includes(plain);
};

const whereRegexFits = (names: string[], pattern: string | undefined): string[] => {
  if (!pattern) return names;
  try {
    return whereFound(pattern, names);
  } catch (error) {
    if (error instanceof PatternError) throw badParameter('regex is an invalid regular expression');
    throw error;
  }
};

const namesOf = (project: Project, prefix: string) =>
  Object.keys(project.known_refs)
    .filter((ref) => ref.startsWith(prefix))
    .map((ref) => ref.slice(prefix.length))
    .sort();

async function moveRefOrRefuse(repository: string, ref: string, to: string, from: string): Promise<void> {
  try {
    await runGit(repository, ['check-ref-format', ref]);
    await runGit(repository, ['update-ref', ref, to, from]);
  } catch (error) {
    if (error instanceof GitError) throw badRequest('Branch name is invalid');
    throw error;
  }
}

function routeProtectedBranches(api: Api, world: World): void {
  const { protectedBranches } = world.db;
  const LEVELS: Record<number, string> = {
    0: 'No one',
    30: 'Developers + Maintainers',
    40: 'Maintainers',
    60: 'Instance admins',
  };
  const levels = (access_level: number) => [
    {
      id: access_level,
      access_level,
      access_level_description: LEVELS[access_level] ?? 'Maintainers',
      user_id: null,
      group_id: null,
      deploy_key_id: null,
    },
  ];
  const show = (rule: ProtectedBranch) => ({
    id: rule.id,
    name: rule.name,
    push_access_levels: levels(rule.push_access_level),
    merge_access_levels: levels(rule.merge_access_level),
    allow_force_push: rule.allow_force_push,
    code_owner_approval_required: false,
  });
  const rulesOf = (projectId: number) => protectedBranches.filter((rule) => rule.project_id === projectId);
  const Level = integer
    .refine((level) => level in LEVELS, { params: { outOfList: true }, error: undefined })
    .default(MAINTAINER);
  const Rule = z.object({
    name: filledText,
    push_access_level: Level,
    merge_access_level: Level,
    allow_force_push: flag.default(false),
  });

  api.get('/projects/:id/protected_branches', (c) =>
    paginate(c, rulesOf(openProject(world, c, DEVELOPER).project.id), show),
  );

  api.get('/projects/:id/protected_branches/:name', (c) => {
    const rule = rulesOf(openProject(world, c, DEVELOPER).project.id).find((row) => row.name === c.req.param('name'));
    if (!rule) throw notFound();
    return c.json(show(rule));
  });

  api.post('/projects/:id/protected_branches', async (c) => {
    const { project } = openProject(world, c, MAINTAINER);
    const given = await readParameters(c, Rule);
    if (rulesOf(project.id).some((rule) => rule.name === given.name)) {
      return c.json({ message: `Protected branch '${given.name}' already exists` }, 409);
    }
    return c.json(show(protectedBranches.insert({ ...given, project_id: project.id })), 201);
  });

  api.patch('/projects/:id/protected_branches/:name', async (c) => {
    const rule = rulesOf(openProject(world, c, MAINTAINER).project.id).find((row) => row.name === c.req.param('name'));
    if (!rule) throw notFound();
    const { allow_force_push } = await readParameters(c, z.object({ allow_force_push: flag.optional() }));
    return c.json(
      show(allow_force_push === undefined ? rule : protectedBranches.update(rule.id, { allow_force_push })),
    );
  });

  api.delete('/projects/:id/protected_branches/:name', (c) => {
    const rule = rulesOf(openProject(world, c, MAINTAINER).project.id).find((row) => row.name === c.req.param('name'));
    if (!rule) throw notFound();
    protectedBranches.remove(rule.id);
    return c.body(null, 204);
  });

  for (const action of ['protect', 'unprotect'] as const) {
    api.put(`/projects/:id/repository/branches/:branch/${action}`, (c) => {
      const { project } = openProject(world, c, MAINTAINER);
      const name = c.req.param('branch') ?? '';
      const rule = rulesOf(project.id).find((row) => row.name === name);
      if (!project.known_refs[`${HEADS}${name}`]) throw notFound('Branch');
      if (action === 'unprotect' && rule) protectedBranches.remove(rule.id);
      if (action === 'protect' && !rule) {
        protectedBranches.insert({
          project_id: project.id,
          name,
          push_access_level: MAINTAINER,
          merge_access_level: MAINTAINER,
          allow_force_push: false,
        });
      }
      return c.json({ name, protected: action === 'protect', default: name === project.default_branch });
    });
  }
}
