import { createHash } from 'node:crypto';
import * as z from 'zod';
import { DEVELOPER, MAINTAINER } from '../access.ts';
import type { CommitComment } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, paginate, requireCaller } from './api.ts';
import { forbidden, notFound } from './api-error.ts';
import { openCommit, writeCommitComment } from './commit-comments.ts';
import { presentUser } from './present.ts';
import { filledText, readParameters } from './read-parameters.ts';

/** Comments on commits as threads. */
export function routeCommitDiscussions(api: Api, world: World): void {
  const { commitComments, users } = world.db;
  const threads = '/projects/:id/repository/commits/:sha/discussions';
  const inThread = `${threads}/:discussion_id/notes`;
  const idOf = (row: CommitComment) =>
    row.discussion_id ?? createHash('sha1').update(`commit comment ${row.id}`).digest('hex');

  const showNote = (row: CommitComment) => ({
    id: row.id,
    type: row.path ? 'DiffNote' : row.discussion_id ? 'DiscussionNote' : null,
    body: row.note,
    attachment: null,
    author: presentUser(world, users.require(row.author_id)),
    created_at: row.created_at,
    updated_at: row.updated_at ?? row.created_at,
    system: false,
    noteable_id: null,
    noteable_type: 'Commit',
    project_id: row.project_id,
    commit_id: row.sha,
    resolvable: false,
    confidential: false,
    internal: false,
    imported: false,
    imported_from: 'none',
    noteable_iid: null,
    commands_changes: {},
  });
  const showThread = ([id, of]: [string, CommitComment[]]) => ({
    id,
    individual_note: of[0]?.discussion_id === undefined,
    notes: of.map(showNote),
  });

  const open = async (c: ApiContext) => {
    const call = await openCommit(world, c);
    const found = new Map<string, CommitComment[]>();
    for (const row of commitComments.filter((one) => one.project_id === call.project.id && one.sha === call.sha))
      found.set(idOf(row), [...(found.get(idOf(row)) ?? []), row]);
    return { ...call, found };
  };
  const openThread = async (c: ApiContext) => {
    const call = await open(c);
    const id = c.req.param('discussion_id') ?? '';
    const of = call.found.get(id);
    if (!of) throw notFound('Discussion');
    return { ...call, id, of };
  };
  const openNote = async (c: ApiContext) => {
    const call = await openThread(c);
    const row = call.of.find((one) => one.id === numberInPath(c, 'note_id'));
    if (!row) throw notFound('Note');
    return { ...call, row };
  };
  const requireMayChange = (c: ApiContext, row: CommitComment, access: number) => {
    if (row.author_id !== requireCaller(c).id && access < MAINTAINER) throw forbidden();
  };

  api.get(threads, async (c) => paginate(c, [...(await open(c)).found], showThread));
  api.get(`${threads}/:discussion_id`, async (c) => {
    const { id, of } = await openThread(c);
    return c.json(showThread([id, of]));
  });
  api.post(threads, async (c) => {
    const { project, sha, access } = await open(c);
    const user = requireCaller(c);
    if (access < DEVELOPER && project.visibility === 'private') throw forbidden();
    const { body } = await readParameters(c, z.object({ body: filledText }));
    const discussion_id = createHash('sha1').update(world.newId()).digest('hex');
    const row = await writeCommitComment(world, project, sha, user, { note: body, discussion_id });
    return c.json(showThread([discussion_id, [row]]), 201);
  });
  api.get(inThread, async (c) => paginate(c, (await openThread(c)).of, showNote));
  api.get(`${inThread}/:note_id`, async (c) => c.json(showNote((await openNote(c)).row)));
  api.post(inThread, async (c) => {
    const { project, sha, id, of } = await openThread(c);
    const user = requireCaller(c);
    const { body } = await readParameters(c, z.object({ body: filledText }));
    for (const row of of) if (!row.discussion_id) commitComments.update(row.id, { discussion_id: id });
    const row = await writeCommitComment(world, project, sha, user, { note: body, discussion_id: id });
    return c.json(showNote(row), 201);
  });
  api.put(`${inThread}/:note_id`, async (c) => {
    const { row, access } = await openNote(c);
    requireMayChange(c, row, access);
    const { body } = await readParameters(c, z.object({ body: filledText }));
    return c.json(showNote(commitComments.update(row.id, { note: body, updated_at: world.now().toISOString() })));
  });
  api.delete(`${inThread}/:note_id`, async (c) => {
    const { row, access } = await openNote(c);
    requireMayChange(c, row, access);
    commitComments.remove(row.id);
    return c.body(null, 204);
  });
}
