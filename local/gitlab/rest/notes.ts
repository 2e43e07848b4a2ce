import * as z from 'zod';
import { canSeeIssue, GUEST, MAINTAINER } from '../access.ts';
import { notePayload } from '../hooks/payload-issue.ts';
import type { Issue, MergeRequest, Note, User } from '../rows.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openProject, paginate, requireCaller } from './api.ts';
import { forbidden, notFound } from './api-error.ts';
import { presentUser } from './present.ts';
import { filledText, readParameters } from './read-parameters.ts';

type NoteableType = Note['noteable_type'];

function addNote(
  world: World,
  type: NoteableType,
  on: Issue | MergeRequest,
  author: User,
  body: string,
  system: boolean,
): Note {
  const time = world.now().toISOString();
  return world.db.notes.insert({
    project_id: on.project_id,
    noteable_type: type,
    noteable_id: on.id,
    noteable_iid: on.iid,
    author_id: author.id,
    body,
    system,
    created_at: time,
    updated_at: time,
  });
}

/** What GitLab itself notes down, such as that an issue was closed. */
export function addSystemNote(
  world: World,
  type: NoteableType,
  on: Issue | MergeRequest,
  author: User,
  body: string,
): void {
  addNote(world, type, on, author, body, true);
}

/** Writes a person's comment, and tells the hooks; those for confidential issues alone, if it is one. */
export function writeComment(
  world: World,
  type: NoteableType,
  on: Issue | MergeRequest,
  user: User,
  body: string,
): Note {
  const note = addNote(world, type, on, user, body, false);
  const event = 'confidential' in on && on.confidential ? 'confidential_note_events' : 'note_events';
  world.deliveries.announce(on.project_id, event, () => notePayload(world, note, user, on));
  return note;
}

function presentNote(world: World, note: Note) {
  return {
    id: note.id,
    type: null,
    body: note.body,
    author: presentUser(world, world.db.users.require(note.author_id)),
    created_at: note.created_at,
    updated_at: note.updated_at,
    system: note.system,
    noteable_id: note.noteable_id,
    noteable_type: note.noteable_type,
    project_id: note.project_id,
    resolvable: false,
    confidential: false,
    internal: false,
    imported: false,
    noteable_iid: note.noteable_iid,
    commands_changes: {},
  };
}

export function routeNotes(api: Api, world: World): void {
  routeNotesOn(api, world, 'Issue', 'issues');
  routeNotesOn(api, world, 'MergeRequest', 'merge_requests');
}

function routeNotesOn(api: Api, world: World, type: NoteableType, folder: string): void {
  const { notes, issues, mergeRequests } = world.db;
  const base = `/projects/:id/${folder}/:noteable_iid/notes`;

  const open = (c: ApiContext) => {
    const call = openProject(world, c);
    const iid = numberInPath(c, 'noteable_iid');
    const at = (row: Issue | MergeRequest) => row.project_id === call.project.id && row.iid === iid;
    const on = type === 'Issue' ? issues.find(at) : mergeRequests.find(at);
    if (!on || ('confidential' in on && !canSeeIssue(on, call.user, call.access))) throw notFound();
    return { ...call, on };
  };
  const openNote = (c: ApiContext) => {
    const { on, access } = open(c);
    const note = notes.get(numberInPath(c, 'note_id'));
    if (note?.noteable_type !== type || note.noteable_id !== on.id) throw notFound();
    return { note, access };
  };

  api.get(base, async (c) => {
    const { on } = open(c);
    const { sort } = await readParameters(c, z.object({ sort: z.enum(['asc', 'desc']).default('desc') }));
    const found = notes.filter((note) => note.noteable_type === type && note.noteable_id === on.id);
    return paginate(
      c,
      found.sort((a, b) => (sort === 'asc' ? a.id - b.id : b.id - a.id)),
      (note) => presentNote(world, note),
    );
  });
  api.get(`${base}/:note_id`, (c) => c.json(presentNote(world, openNote(c).note)));

  api.post(base, async (c) => {
    const { on, access, project } = open(c);
    const user = requireCaller(c);
    if (access < GUEST && project.visibility !== 'public') throw forbidden();
    const { body } = await readParameters(c, z.object({ body: filledText }));
    return c.json(presentNote(world, writeComment(world, type, on, user, body)), 201);
  });

  api.put(`${base}/:note_id`, async (c) => {
    const { note } = openNote(c);
    if (note.author_id !== requireCaller(c).id || note.system) throw forbidden();
    const { body } = await readParameters(c, z.object({ body: filledText }));
    return c.json(presentNote(world, notes.update(note.id, { body, updated_at: world.now().toISOString() })));
  });

  api.delete(`${base}/:note_id`, (c) => {
    const { note, access } = openNote(c);
    if (note.author_id !== requireCaller(c).id && access < MAINTAINER) throw forbidden();
    notes.remove(note.id);
    return c.body(null, 204);
  });
}
