import { notePayload } from './hooks/payload-issue.ts';
import type { Issue, Note } from './rows/issues.ts';
import type { MergeRequest } from './rows/merge-requests.ts';
import type { User } from './rows/users.ts';
import type { World } from './world.ts';

export type NoteableType = Note['noteable_type'];

function addNote(
  world: World,
  type: NoteableType,
  on: Issue | MergeRequest,
  author: User,
  body: string,
  system: boolean,
  discussionId: string | null = null,
  internal = false,
  position?: Note['position'],
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
    ...(position ? { position } : {}),
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
  position?: Note['position'],
): Note {
  const note = addNote(world, type, on, user, body, false, discussionId, internal, position);
  announceNote(world, note, user, on, 'create');
  return note;
}

export function announceNote(
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
