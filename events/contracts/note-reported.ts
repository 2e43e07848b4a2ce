import * as z from 'zod';
import { isCommand } from '../../shared/domain/case-command.ts';
import { Timestamp } from '../../shared/domain/identifiers.ts';
import type { GitlabNoteHook } from './gitlab-note-hook.ts';

/** `NoteReported.v1`: somebody has written a command under an issue. What it says, and who wrote it, is asked of GitLab. */
export const NoteReported = z.object({
  deliveryId: z.string(),
  occurredAt: Timestamp,
  projectId: z.number().int(),
  iid: z.number().int(),
  noteId: z.number().int(),
});
export type NoteReported = z.infer<typeof NoteReported>;

/** What is kept of a note hook, never the note itself; `undefined` where it is no new command under an issue. */
export function noteReportedOf(
  { object_attributes: note, project, issue }: GitlabNoteHook,
  deliveryId: string,
  occurredAt: string,
): NoteReported | undefined {
  const isNew = (note.action ?? 'create') === 'create' && note.system !== true;
  if (!isNew || note.noteable_type !== 'Issue' || !issue || !isCommand(note.note)) return undefined;
  return { deliveryId, occurredAt, projectId: project.id, iid: issue.iid, noteId: note.id };
}
