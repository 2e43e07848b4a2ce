import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { DEVELOPER, MAINTAINER } from '../access.ts';
import { lintCiFile, NoPipelineError } from '../ci/create-pipeline.ts';
import { resolveCommit } from '../git/read-objects.ts';
import type { TriggerToken } from '../rows/pipelines.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openProject, paginate, requireCaller } from './api.ts';
import { badParameter, badRequest, notFound } from './api-error.ts';
import { presentPipelineFully, presentUser } from './present.ts';
import { filledText, flag, readParameters, text } from './read-parameters.ts';

/** Trigger tokens, pipelines that they start, and the check of a CI file before it is committed. */
export function routeTriggers(api: Api, world: World): void {
  const { triggerTokens, users } = world.db;
  const show = (caller: number) => (row: TriggerToken) => ({
    id: row.id,
    token: row.owner_id === caller ? row.token : row.token.slice(0, 4),
    description: row.description,
    created_at: row.created_at,
    updated_at: row.created_at,
    deleted_at: null,
    last_used: row.last_used,
    expires_at: null,
    owner: presentUser(world, users.require(row.owner_id)),
  });
  const named = (c: ApiContext) => {
    const { project } = openProject(world, c, MAINTAINER);
    const row = triggerTokens.get(numberInPath(c, 'trigger_id'));
    if (row?.project_id !== project.id) throw notFound('Trigger');
    return row;
  };
  api.get('/projects/:id/triggers', (c) => {
    const { project } = openProject(world, c, MAINTAINER);
    const found = triggerTokens.filter((row) => row.project_id === project.id);
    return paginate(c, found, show(requireCaller(c).id));
  });
  api.get('/projects/:id/triggers/:trigger_id', (c) => c.json(show(requireCaller(c).id)(named(c))));
  api.post('/projects/:id/triggers', async (c) => {
    const { project } = openProject(world, c, MAINTAINER);
    const owner = requireCaller(c);
    const { description } = await readParameters(c, z.object({ description: filledText }));
    const row = triggerTokens.insert({
      project_id: project.id,
      owner_id: owner.id,
      token: `glptt-${randomBytes(20).toString('hex')}`,
      description,
      created_at: world.now().toISOString(),
      last_used: null,
    });
    return c.json(show(owner.id)(row), 201);
  });
  api.put('/projects/:id/triggers/:trigger_id', async (c) => {
    const row = named(c);
    const { description } = await readParameters(c, z.object({ description: text.optional() }));
    return c.json(
      show(requireCaller(c).id)(triggerTokens.update(row.id, { description: description ?? row.description })),
    );
  });
  api.delete('/projects/:id/triggers/:trigger_id', (c) => {
    triggerTokens.remove(named(c).id);
    return c.body(null, 204);
  });

  const trigger = async (c: ApiContext) => {
    const inPath = c.req.param('ref');
    const given = await readParameters(
      c,
      z.object({
        token: filledText,
        ref: inPath ? text.default(inPath) : filledText,
        variables: z.unknown().optional(),
      }),
    );
    const variables = z.record(z.string(), z.string()).safeParse(given.variables ?? {});
    if (!variables.success) throw badRequest('400 Bad request - variables needs to be a map of key-valued strings');
    const row = triggerTokens.find((one) => one.token === given.token);
    const reference = c.req.param('id') ?? '';
    const project = row && world.db.projects.get(row.project_id);
    if (!row || !project || (String(project.id) !== reference && project.path_with_namespace !== reference))
      throw notFound();
    const tag =
      !project.known_refs[`refs/heads/${given.ref}`] && project.known_refs[`refs/tags/${given.ref}`] !== undefined;
    const sha = await resolveCommit(world.repositories.path(project), given.ref);
    if (!sha || (!tag && !project.known_refs[`refs/heads/${given.ref}`]))
      throw badRequest({ base: ['Reference not found'] });
    triggerTokens.update(row.id, { last_used: world.now().toISOString() });
    try {
      const pipeline = await world.runner.create({
        project,
        userId: row.owner_id,
        ref: given.ref,
        tag,
        sha,
        source: 'trigger',
        variables: Object.entries(variables.data).map(([key, value]) => ({ key, value })),
      });
      if (pipeline.yaml_errors) throw badRequest({ base: [pipeline.yaml_errors] });
      return c.json(presentPipelineFully(world, pipeline), 201);
    } catch (error) {
      if (error instanceof NoPipelineError) throw badRequest({ base: [error.message] });
      throw error;
    }
  };
  api.post('/projects/:id/trigger/pipeline', trigger);
  api.post('/projects/:id/ref/:ref/trigger/pipeline', trigger);

  const Lint = z.object({
    content: text.optional(),
    content_ref: text.optional(),
    sha: text.optional(),
    ref: text.optional(),
    dry_run_ref: text.optional(),
    dry_run: flag.default(false),
    include_jobs: flag.default(false),
  });
  const lint = async (c: ApiContext, ownContent: boolean) => {
    const { project, repository } = openProject(world, c, ownContent ? DEVELOPER : 0);
    const user = requireCaller(c);
    const given = await readParameters(c, Lint);
    if (ownContent && given.content === undefined) throw badParameter('content is missing');
    const ref = given.content_ref ?? given.sha ?? given.ref ?? given.dry_run_ref ?? project.default_branch;
    const sha = await resolveCommit(repository, ref);
    if (!sha && !ownContent) throw notFound('Commit');
    const result = await lintCiFile(world, {
      project,
      userId: user.id,
      ref: project.default_branch,
      tag: false,
      sha: sha ?? '',
      source: 'push',
      ...(given.content === undefined ? {} : { content: given.content }),
    });
    const { jobs, ...shown } = result;
    return c.json({ ...shown, warnings: [], includes: [], ...(given.include_jobs ? { jobs } : {}) }, 200);
  };
  api.get('/projects/:id/ci/lint', (c) => lint(c, false));
  api.post('/projects/:id/ci/lint', (c) => lint(c, true));
}
