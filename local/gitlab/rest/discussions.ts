import { createHash } from 'node:crypto';
import * as z from 'zod';
import { DEVELOPER, PLANNER } from '../access.ts';
import { writeComment } from '../notes.ts';
import type { Issue, Note } from '../rows/issues.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, paginate, requireCaller } from './api.ts';
import { badParameter, forbidden, notFound } from './api-error.ts';
import {
  COMMENTED,
  type Comments,
  changeNote,
  openNoteable,
  openNoteOf,
  readNewComment,
  removeNote,
} from './open-note.ts';
import { presentNote } from './present-note.ts';
import { filledText, flag, integer, readParameters, text } from './read-parameters.ts';

/** Threads of comments; on merge requests they can be resolved, and stand at a line of the diff. */
export function routeDiscussions(api: Api, world: World): void {
  for (const comments of COMMENTED) routeDiscussionsOn(api, world, comments);
}

const Position = z
  .looseObject({
    base_sha: filledText,
    start_sha: filledText,
    head_sha: filledText,
    position_type: z.enum(['text', 'image', 'file']),
    new_path: text.nullable().default(null),
    old_path: text.nullable().default(null),
    new_line: integer.nullable().default(null),
    old_line: integer.nullable().default(null),
  })
  .optional();

const idOf = (note: Note) => note.discussion_id ?? createHash('sha1').update(`note ${note.id}`).digest('hex');

function routeDiscussionsOn(api: Api, world: World, { type, folder }: Comments): void {
  const { notes } = world.db;
  const threads = `/projects/:id/${folder}/:noteable_iid/discussions`;

  const presentThread = (id: string, of: Note[]) => ({
    id,
    individual_note: of[0]?.discussion_id === null,
    notes: of.map((note) => presentNote(world, note)),
  });
  const threadsOf = (on: Issue | MergeRequest, access: number) => {
    const found = new Map<string, Note[]>();
    const seen = (row: Note) => !row.internal || access >= PLANNER;
    for (const note of notes.filter((row) => row.noteable_type === type && row.noteable_id === on.id && seen(row)))
      found.set(idOf(note), [...(found.get(idOf(note)) ?? []), note]);
    return found;
  };
  const openThread = (c: ApiContext) => {
    const call = openNoteable(world, type, c);
    const id = c.req.param('discussion_id') ?? '';
    const of = threadsOf(call.on, call.access).get(id);
    if (!of) throw notFound('Discussion');
    return { ...call, id, of };
  };
  const openThreadNote = (c: ApiContext) => {
    const { of } = openThread(c);
    const open = openNoteOf(world, type, c);
    if (!of.some((note) => note.id === open.note.id)) throw notFound('Note');
    return open;
  };
  const resolve = (c: ApiContext, of: Note[], resolved: boolean): Note[] => {
    const { on, access } = openNoteable(world, type, c);
    const user = requireCaller(c);
    if (access < DEVELOPER && on.author_id !== user.id) throw forbidden();
    const updated_at = world.now().toISOString();
    return of.map((note) => notes.update(note.id, { resolved_by_id: resolved ? user.id : null, updated_at }));
  };

  api.get(threads, (c) => {
    const { on, access } = openNoteable(world, type, c);
    return paginate(c, [...threadsOf(on, access)], ([id, of]) => presentThread(id, of));
  });
  api.get(`${threads}/:discussion_id`, (c) => {
    const { id, of } = openThread(c);
    return c.json(presentThread(id, of));
  });
  api.post(threads, async (c) => {
    const { on, user, body, hidden } = await readNewComment(world, type, c);
    const { position } = await readParameters(c, z.object({ position: Position }));
    const id = createHash('sha1').update(world.newId()).digest('hex');
    return c.json(presentThread(id, [writeComment(world, type, on, user, body, id, hidden, position)]), 201);
  });

  const inThread = `${threads}/:discussion_id/notes`;
  api.get(inThread, (c) => paginate(c, openThread(c).of, (note) => presentNote(world, note)));
  api.get(`${inThread}/:note_id`, (c) => c.json(presentNote(world, openThreadNote(c).note)));
  api.post(inThread, async (c) => {
    const { on, id, of } = openThread(c);
    const user = requireCaller(c);
    const { body } = await readParameters(c, z.object({ body: filledText }));
    if (of[0]?.system) throw forbidden();
    for (const note of of) if (note.discussion_id === null) notes.update(note.id, { discussion_id: id });
    // What is said under an internal comment is as internal as that.
    const hidden = of[0]?.internal === true;
    return c.json(presentNote(world, writeComment(world, type, on, user, body, id, hidden, of[0]?.position)), 201);
  });
  api.put(`${inThread}/:note_id`, async (c) => {
    const open = openThreadNote(c);
    const given = await readParameters(c, z.object({ body: filledText.optional(), resolved: flag.optional() }));
    if (type === 'Issue' && given.body === undefined) throw badParameter('body is missing');
    if ((given.body === undefined) === (given.resolved === undefined))
      throw badParameter(
        given.body === undefined
          ? 'body, resolved are missing, exactly one parameter must be provided'
          : 'body, resolved are mutually exclusive',
      );
    if (given.body !== undefined) return c.json(presentNote(world, changeNote(world, c, open, given.body)));
    const [changed = open.note] = resolve(c, [open.note], given.resolved === true);
    return c.json(presentNote(world, changed));
  });
  api.delete(`${inThread}/:note_id`, (c) => {
    removeNote(world, c, openThreadNote(c));
    return c.body(null, 204);
  });

  if (type === 'MergeRequest') {
    api.put(`${threads}/:discussion_id`, async (c) => {
      const { id, of } = openThread(c);
      const { resolved } = await readParameters(c, z.object({ resolved: flag }));
      return c.json(presentThread(id, resolve(c, of, resolved)));
    });
  }
}
