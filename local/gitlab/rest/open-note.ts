import * as z from 'zod';
import { canSeeIssue, GUEST, MAINTAINER, PLANNER } from '../access.ts';
import { announceNote, type NoteableType } from '../notes.ts';
import type { Issue, Note } from '../rows/issues.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { type ApiContext, numberInPath, openForReading, openProject, requireCaller, requireUnmodified } from './api.ts';
import { forbidden, notFound } from './api-error.ts';
import { filledText, flag, readParameters } from './read-parameters.ts';

export interface Comments {
  /** The part of the path that names what they stand on. */
  folder: 'issues' | 'merge_requests';
  type: NoteableType;
}
export const COMMENTED: readonly Comments[] = [
  { folder: 'issues', type: 'Issue' },
  { folder: 'merge_requests', type: 'MergeRequest' },
];

/** The issue or merge request of the path. */
export function openNoteable(world: World, type: NoteableType, c: ApiContext) {
  const { issues, mergeRequests } = world.db;
  const call = type === 'Issue' ? openProject(world, c) : openForReading(world, c);
  const iid = numberInPath(c, 'noteable_iid');
  const at = (row: Issue | MergeRequest) => row.project_id === call.project.id && row.iid === iid;
  const on = type === 'Issue' ? issues.find(at) : mergeRequests.find(at);
  if (!on || ('confidential' in on && !canSeeIssue(on, call.user, call.access))) throw notFound(type);
  return { ...call, on };
}

export function openNoteOf(world: World, type: NoteableType, c: ApiContext) {
  const { on, access } = openNoteable(world, type, c);
  const note = world.db.notes.get(numberInPath(c, 'note_id'));
  if (note?.noteable_type !== type || note.noteable_id !== on.id || (note.internal && access < PLANNER))
    throw notFound();
  return { note, access, on };
}
type OpenNote = ReturnType<typeof openNoteOf>;

/** What somebody wants to say, if they may say it. */
export async function readNewComment(world: World, type: NoteableType, c: ApiContext) {
  const { on, access, project } = openNoteable(world, type, c);
  const user = requireCaller(c);
  if (access < GUEST && project.visibility !== 'public') throw forbidden();
  const { body, internal, confidential } = await readParameters(
    c,
    z.object({ body: filledText, internal: flag.nullish(), confidential: flag.nullish() }),
  );
  if (on.discussion_locked && access < GUEST) throw forbidden();
  const hidden = (internal ?? confidential) === true;
  if (hidden && access < PLANNER) throw forbidden();
  return { on, user, body, hidden };
}

/** Its author and maintainers change a comment; what GitLab itself noted down stays. */
function requireMayChange({ note, access }: OpenNote, user: User): void {
  if (note.system || (note.author_id !== user.id && access < MAINTAINER)) throw forbidden();
}

export function changeNote(world: World, c: ApiContext, open: OpenNote, body: string): Note {
  const user = requireCaller(c);
  requireMayChange(open, user);
  const changed = world.db.notes.update(open.note.id, { body, updated_at: world.now().toISOString() });
  announceNote(world, changed, user, open.on, 'update');
  return changed;
}

export function removeNote(world: World, c: ApiContext, open: OpenNote): void {
  requireMayChange(open, requireCaller(c));
  requireUnmodified(c, open.note.updated_at);
  world.db.notes.remove(open.note.id);
}
