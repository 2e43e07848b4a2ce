import * as z from 'zod';
import { DEVELOPER, isProtectedBranch, mayRunOn } from '../access.ts';
import { addPipeline } from '../ci/create-pipeline.ts';
import { isAncestor } from '../git/read-history.ts';
import { resolveCommit } from '../git/read-objects.ts';
import type { Build, RunStatus } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { Project } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { type Api, openForReading, openProject, paginate, requireCaller } from './api.ts';
import { badRequest, forbidden, notFound } from './api-error.ts';
import { presentStatus } from './present.ts';
import { flag, integer, readParameters, text } from './read-parameters.ts';

const STATES = ['pending', 'running', 'success', 'failed', 'canceled', 'skipped'] as const;
type State = (typeof STATES)[number];

const EVENTS: Record<State, { event: string; from: readonly RunStatus[] }> = {
  pending: { event: 'enqueue', from: ['created'] },
  running: { event: 'run', from: ['created', 'pending'] },
  success: { event: 'success', from: ['created', 'pending', 'running'] },
  failed: { event: 'drop', from: ['created', 'pending', 'running'] },
  canceled: { event: 'cancel', from: ['created', 'pending', 'running'] },
  skipped: { event: 'skip', from: ['created', 'pending'] },
};

/** Whether a status may go from one state to another; else the sentence that GitLab answers with 400. */
export function refusedTransition(from: RunStatus, to: State): string | undefined {
  const { event, from: allowed } = EVENTS[to];
  if (allowed.includes(from)) return undefined;
  return `Cannot transition status via :${event} from :${from} (Reason(s): Status cannot transition via "${event}")`;
}

const NewStatus = z.object({
  state: z.enum(STATES),
  ref: text.optional(),
  name: text.optional(),
  context: text.optional(),
  target_url: text.optional(),
  description: text.optional(),
  coverage: z.coerce.number().optional(),
  pipeline_id: integer.optional(),
});

const LONGEST_TEXT = 255;

/** What GitLab's own row refuses. */
function requireValid({ target_url, description, name, context }: z.infer<typeof NewStatus>): void {
  if ((name ?? context ?? '').length > LONGEST_TEXT)
    throw badRequest({ name: [`is too long (maximum is ${LONGEST_TEXT} characters)`] });
  const tooLong = [`is too long (maximum is ${LONGEST_TEXT} characters)`];
  if (target_url && !/^https?:\/\/\S+$/.test(target_url))
    throw badRequest({ target_url: ['is blocked: Only allowed schemes are http, https'] });
  if ((target_url?.length ?? 0) > LONGEST_TEXT) throw badRequest({ target_url: tooLong });
  if ((description?.length ?? 0) > LONGEST_TEXT) throw badRequest({ description: tooLong });
}

export function routeStatuses(api: Api, world: World): void {
  const { db } = world;

  api.post('/projects/:id/statuses/:sha', async (c) => {
    const { project, repository, access } = openProject(world, c, DEVELOPER);
    const user = requireCaller(c);
    const given = await readParameters(c, NewStatus);
    const sha = await resolveCommit(repository, c.req.param('sha'));
    if (!sha) throw notFound('Commit');
    requireValid(given);
    const existing = newestPipeline(world, project, sha, given.ref, given.pipeline_id);
    if (given.pipeline_id !== undefined && !existing) throw notFound('Pipeline for pipeline_id, sha and ref');
    const ref = given.ref ?? existing?.ref ?? (await branchWith(project, repository, sha));
    if (!ref) throw notFound('References for commit');
    if (!mayRunOn(db, existing ?? { project_id: project.id, ref }, access)) throw forbidden();
    const pipeline = existing ?? (await externalPipeline(world, project, user.id, sha, ref));
    const name = given.name ?? given.context ?? 'default';
    if (db.builds.find((row) => row.kind === 'job' && row.pipeline_id === pipeline.id && row.name === name))
      throw badRequest({ name: ['has already been taken'] });
    const open = db.builds.find(
      (row) =>
        row.kind === 'external' &&
        row.pipeline_id === pipeline.id &&
        row.ref === ref &&
        row.name === name &&
        row.user_id === user.id &&
        (row.status === 'pending' || row.status === 'running'),
    );
    const refusal = refusedTransition(open?.status ?? 'created', given.state);
    if (refusal) throw badRequest(refusal);
    const status = applyState(world, open ?? addStatus(world, pipeline, ref, user.id, name), given.state, {
      ...(given.target_url === undefined ? {} : { target_url: given.target_url }),
      ...(given.description === undefined ? {} : { description: given.description }),
      ...(given.coverage === undefined ? {} : { coverage: given.coverage }),
    });
    world.runner.refresh(pipeline.id);
    return c.json(presentStatus(world, status), 201);
  });

  api.get('/projects/:id/repository/commits/:sha/statuses', async (c) => {
    const { project, repository } = openForReading(world, c);
    const wanted = await readParameters(
      c,
      z.object({
        ref: text.optional(),
        stage: text.optional(),
        name: text.optional(),
        pipeline_id: integer.optional(),
        all: flag.default(false),
        order_by: z.enum(['id', 'pipeline_id']).default('id'),
        sort: z.enum(['asc', 'desc']).default('asc'),
      }),
    );
    const sha = await resolveCommit(repository, c.req.param('sha'));
    if (!sha) throw notFound('Commit');
    const found = db.builds
      .filter(
        (row) =>
          row.project_id === project.id &&
          row.sha === sha &&
          (!wanted.ref || row.ref === wanted.ref) &&
          (!wanted.stage || row.stage === wanted.stage) &&
          (!wanted.name || row.name === wanted.name) &&
          (wanted.pipeline_id === undefined || row.pipeline_id === wanted.pipeline_id),
      )
      .sort((a, b) => b.id - a.id);
    const newest = new Map<string, Build>();
    for (const row of found) {
      const key = `${row.pipeline_id} ${row.name}`;
      if (!newest.has(key)) newest.set(key, row);
    }
    const direction = wanted.sort === 'asc' ? 1 : -1;
    const rows = wanted.all ? found : [...newest.values()];
    rows.sort((a, b) => direction * (a[wanted.order_by] - b[wanted.order_by] || a.id - b.id));
    return paginate(c, rows, (row) => presentStatus(world, row));
  });
}

function newestPipeline(
  world: World,
  project: Project,
  sha: string,
  ref: string | undefined,
  id: number | undefined,
): Pipeline | undefined {
  return world.db.pipelines
    .filter(
      (row) =>
        row.project_id === project.id &&
        row.sha === sha &&
        (!ref || row.ref === ref) &&
        (id === undefined || row.id === id),
    )
    .sort((a, b) => b.id - a.id)[0];
}

async function branchWith(project: Project, repository: string, sha: string): Promise<string | undefined> {
  const branches = Object.entries(project.known_refs).filter(([ref]) => ref.startsWith('refs/heads/'));
  for (const [ref, head] of branches)
    if (await isAncestor(repository, sha, head)) return ref.slice('refs/heads/'.length);
  return undefined;
}

/** A status without a pipeline makes one, and its hooks fire like those of any other. */
async function externalPipeline(
  world: World,
  project: Project,
  userId: number,
  sha: string,
  ref: string,
): Promise<Pipeline> {
  const request = { project, userId, ref, tag: false, sha, source: 'external' };
  const protected_ref = isProtectedBranch(world.db, project.id, ref);
  const pipeline = addPipeline(world, request, 'created', { stages: ['external'], protected_ref });
  await world.runner.rememberCommit(pipeline);
  return pipeline;
}

function addStatus(world: World, pipeline: Pipeline, ref: string, userId: number, name: string): Build {
  if (!pipeline.stages.includes('external'))
    world.db.pipelines.update(pipeline.id, { stages: [...pipeline.stages, 'external'] });
  return world.db.builds.insert({
    kind: 'external',
    project_id: pipeline.project_id,
    pipeline_id: pipeline.id,
    user_id: userId,
    name,
    stage: 'external',
    status: 'created',
    ref,
    sha: pipeline.sha,
    allow_failure: false,
    created_at: world.now().toISOString(),
    queued_at: null,
    started_at: null,
    finished_at: null,
    retried: false,
    failure_reason: null,
    exit_code: null,
    target_url: null,
    description: null,
    coverage: null,
    definition: null,
    artifacts_bytes: null,
    dotenv: {},
  });
}

function applyState(world: World, status: Build, state: State, change: Partial<Build>): Build {
  const time = world.now().toISOString();
  const earlier = world.db.builds.filter(
    (row) =>
      row.kind === 'external' &&
      row.pipeline_id === status.pipeline_id &&
      row.name === status.name &&
      row.id < status.id &&
      !row.retried,
  );
  for (const row of earlier) world.db.builds.update(row.id, { retried: true });
  return world.db.builds.update(status.id, {
    ...change,
    status: state,
    queued_at: status.queued_at ?? time,
    ...(state === 'running' ? { started_at: time } : {}),
    ...(state === 'running' || state === 'pending' ? {} : { finished_at: time }),
    failure_reason: state === 'failed' ? 'api_failure' : null,
  });
}
