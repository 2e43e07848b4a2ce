import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canSeeIssue, GUEST, MAINTAINER, PLANNER } from '../access.ts';
import { notePayload } from '../hooks/payload-issue.ts';
import type { Issue, Note } from '../rows/issues.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import {
  type Api,
  type ApiContext,
  numberInPath,
  openForReading,
  openProject,
  paginate,
  requireCaller,
  requireUnmodified,
} from './api.ts';
import { forbidden, notFound } from './api-error.ts';
import { presentUser } from './present.ts';
import { filledText, flag, readParameters } from './read-parameters.ts';

type NoteableType = Note['noteable_type'];

function addNote(
  world: World,
  type: NoteableType,
  on: Issue | MergeRequest,
  author: User,
  body: string,
  system: boolean,
  discussionId: string | null = null,
  internal = false,
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
    internal,
    discussion_id: discussionId,
    resolved_by_id: null,
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
  discussionId: string | null = null,
  internal = false,
): Note {
  const note = addNote(world, type, on, user, body, false, discussionId, internal);
  announceNote(world, note, user, on, 'create');
  return note;
}

function announceNote(
  world: World,
  note: Note,
  user: User,
  on: Issue | MergeRequest,
  action: 'create' | 'update',
): void {
  const hidden = note.internal || ('confidential' in on && on.confidential);
  const event = hidden ? 'confidential_note_events' : 'note_events';
  world.deliveries.announce(on.project_id, event, () => notePayload(world, note, user, on, action));
}

/** Its author and maintainers change a comment; what GitLab itself noted down stays. */
function requireMayChange(note: Note, user: User, access: number): void {
  if (note.system || (note.author_id !== user.id && access < MAINTAINER)) throw forbidden();
}

function presentNote(world: World, note: Note) {
  const resolvable = note.noteable_type === 'MergeRequest' && note.discussion_id !== null;
  const resolver = note.resolved_by_id === null ? undefined : world.db.users.get(note.resolved_by_id);
  return {
    id: note.id,
    type: note.discussion_id === null ? null : 'DiscussionNote',
    body: note.body,
    attachment: null,
    author: presentUser(world, world.db.users.require(note.author_id)),
    created_at: note.created_at,
    updated_at: note.updated_at,
    system: note.system,
    noteable_id: note.noteable_id,
    noteable_type: note.noteable_type,
    project_id: note.project_id,
    resolvable,
    ...(resolvable
      ? {
          resolved: resolver !== undefined,
          resolved_by: resolver ? presentUser(world, resolver) : null,
          resolved_at: resolver ? note.updated_at : null,
        }
      : {}),
    confidential: note.internal ?? false,
    internal: note.internal ?? false,
    imported: false,
    imported_from: 'none',
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
    const call = type === 'Issue' ? openProject(world, c) : openForReading(world, c);
    const iid = numberInPath(c, 'noteable_iid');
    const at = (row: Issue | MergeRequest) => row.project_id === call.project.id && row.iid === iid;
    const on = type === 'Issue' ? issues.find(at) : mergeRequests.find(at);
    if (!on || ('confidential' in on && !canSeeIssue(on, call.user, call.access))) throw notFound(type);
    return { ...call, on };
  };
  const openNote = (c: ApiContext) => {
    const { on, access } = open(c);
    const note = notes.get(numberInPath(c, 'note_id'));
    if (note?.noteable_type !== type || note.noteable_id !== on.id || (note.internal && access < PLANNER))
      throw notFound();
    return { note, access, on };
  };

  api.get(base, async (c) => {
    const { on, access } = open(c);
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

  const readNewComment = async (c: ApiContext) => {
    const { on, access, project } = open(c);
    const user = requireCaller(c);
    if (access < GUEST && project.visibility !== 'public') throw forbidden();
    const { body, internal, confidential } = await readParameters(
      c,
      z.object({ body: filledText, internal: flag.nullish(), confidential: flag.nullish() }),
    );
    const hidden = (internal ?? confidential) === true;
    if (hidden && access < PLANNER) throw forbidden();
    return { on, user, body, hidden };
  };
  api.post(base, async (c) => {
    const { on, user, body, hidden } = await readNewComment(c);
    return c.json(presentNote(world, writeComment(world, type, on, user, body, null, hidden)), 201);
  });

  api.put(`${base}/:note_id`, async (c) => {
    const { note, on, access } = openNote(c);
    const user = requireCaller(c);
    requireMayChange(note, user, access);
    const { body } = await readParameters(c, z.object({ body: filledText }));
    const changed = notes.update(note.id, { body, updated_at: world.now().toISOString() });
    announceNote(world, changed, user, on, 'update');
    return c.json(presentNote(world, changed));
  });

  api.delete(`${base}/:note_id`, (c) => {
    const { note, access } = openNote(c);
    requireMayChange(note, requireCaller(c), access);
    requireUnmodified(c, note.updated_at);
    notes.remove(note.id);
    return c.body(null, 204);
  });

  const threads = base.replace('/notes', '/discussions');
  const idOf = (note: Note) => note.discussion_id ?? createHash('sha1').update(`note ${note.id}`).digest('hex');
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
    const call = open(c);
    const id = c.req.param('discussion_id') ?? '';
    const of = threadsOf(call.on, call.access).get(id);
    if (!of) throw notFound('Discussion');
    return { ...call, id, of };
  };

  api.get(threads, (c) => {
    const { on, access } = open(c);
    return paginate(c, [...threadsOf(on, access)], ([id, of]) => presentThread(id, of));
  });
  api.get(`${threads}/:discussion_id`, (c) => {
    const { id, of } = openThread(c);
    return c.json(presentThread(id, of));
  });
  api.post(threads, async (c) => {
    const { on, user, body, hidden } = await readNewComment(c);
    const id = createHash('sha1').update(world.newId()).digest('hex');
    return c.json(presentThread(id, [writeComment(world, type, on, user, body, id, hidden)]), 201);
  });
  api.post(`${threads}/:discussion_id/notes`, async (c) => {
    const { on, id, of } = openThread(c);
    const user = requireCaller(c);
    const { body } = await readParameters(c, z.object({ body: filledText }));
    for (const note of of) if (note.discussion_id === null) notes.update(note.id, { discussion_id: id });
    // What is said under an internal comment is as internal as that.
    const hidden = of[0]?.internal === true;
    return c.json(presentNote(world, writeComment(world, type, on, user, body, id, hidden)), 201);
  });
  if (type === 'MergeRequest') {
    api.put(`${threads}/:discussion_id`, async (c) => {
      const { id, of } = openThread(c);
      const user = requireCaller(c);
      const { resolved } = await readParameters(c, z.object({ resolved: flag }));
      const updated_at = world.now().toISOString();
      const changed = of.map((note) =>
        notes.update(note.id, { resolved_by_id: resolved ? user.id : null, updated_at }),
      );
      return c.json(presentThread(id, changed));
    });
  }
}
