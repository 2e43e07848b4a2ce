import type { Note } from '../rows/issues.ts';
import type { World } from '../world.ts';
import { presentUser } from './present.ts';

export function presentNote(world: World, note: Note) {
  const resolvable = note.noteable_type === 'MergeRequest' && note.discussion_id !== null;
  const resolver = note.resolved_by_id === null ? undefined : world.db.users.get(note.resolved_by_id);
  return {
    id: note.id,
    type: note.position ? 'DiffNote' : note.discussion_id === null ? null : 'DiscussionNote',
    body: note.body,
    attachment: null,
    ...(note.position ? { position: { line_range: null, ...note.position } } : {}),
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
