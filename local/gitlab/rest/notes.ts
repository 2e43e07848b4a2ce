import * as z from 'zod';
import { PLANNER } from '../access.ts';
import { writeComment } from '../notes.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, paginate } from './api.ts';
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
import { filledText, readParameters } from './read-parameters.ts';

export function routeNotes(api: Api, world: World): void {
  for (const comments of COMMENTED) routeNotesOn(api, world, comments);
}

function routeNotesOn(api: Api, world: World, { type, folder }: Comments): void {
  const { notes } = world.db;
  const base = `/projects/:id/${folder}/:noteable_iid/notes`;

  const openNote = (c: ApiContext) => openNoteOf(world, type, c);

  api.get(base, async (c) => {
    const { on, access } = openNoteable(world, type, c);
    const wanted = await readParameters(
      c,
      z.object({
        sort: z.enum(['asc', 'desc']).default('desc'),
        order_by: z.enum(['created_at', 'updated_at']).default('created_at'),
        activity_filter: z.enum(['all_notes', 'only_comments', 'only_activity']).default('all_notes'),
      }),
    );
    const found = notes.filter(
      (note) =>
        note.noteable_type === type &&
        note.noteable_id === on.id &&
        (!note.internal || access >= PLANNER) &&
        (wanted.activity_filter === 'all_notes' || note.system === (wanted.activity_filter === 'only_activity')),
    );
    const direction = wanted.sort === 'asc' ? 1 : -1;
    const key = wanted.order_by;
    return paginate(
      c,
      found.sort((a, b) => direction * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : a.id - b.id)),
      (note) => presentNote(world, note),
    );
  });
  api.get(`${base}/:note_id`, (c) => c.json(presentNote(world, openNote(c).note)));

  api.post(base, async (c) => {
    const { on, user, body, hidden } = await readNewComment(world, type, c);
    return c.json(presentNote(world, writeComment(world, type, on, user, body, null, hidden)), 201);
  });

  api.put(`${base}/:note_id`, async (c) => {
    const { body } = await readParameters(c, z.object({ body: filledText }));
    return c.json(presentNote(world, changeNote(world, c, openNote(c), body)));
  });
  api.delete(`${base}/:note_id`, (c) => {
    removeNote(world, c, openNote(c));
    return c.body(null, 204);
  });
}
