import type { NoteReported } from '../../events/contracts/note-reported.ts';
import type { Case } from '../domain/case.ts';
import { snooze } from '../domain/case-changes.ts';
import { readCommand } from '../domain/case-command.ts';
import { nameOf } from '../domain/describe-hold.ts';
import { formatTime } from '../domain/format-time.ts';
import { prose } from '../domain/markdown.ts';
import { caseMarkerOf } from '../domain/write-case.ts';
import type { Cases } from '../ports/cases.ts';
import type { IssueThreads, Memberships } from '../ports/gitlab.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import { maySilence } from './may-silence.ts';

export type ObeyNoteDeps = {
  cases: Pick<Cases, 'ofIssue' | 'change'>;
  threads: Pick<IssueThreads, 'note' | 'noteOnce' | 'self'>;
  /** Must ask GitLab anew: who may is a question of this moment. */
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
};

export type ObeyedNote = 'no-case' | 'no-command' | 'not-understood' | 'not-allowed' | 'snoozed';

type Note = NonNullable<Awaited<ReturnType<IssueThreads['note']>>>;

const HOW = 'Write, on a line of its own, for example `/mlops snooze 3d` (`h`, `d` or `w`; at most 30 days).';

/** Does what a person commands under a case's issue, and answers under it, once per comment. */
export async function obeyNote({ projectId, iid, noteId }: NoteReported, deps: ObeyNoteDeps): Promise<ObeyedNote> {
  const current = await deps.cases.ofIssue(projectId, iid);
  if (current === undefined) return 'no-case';
  const note = await deps.threads.note(projectId, iid, noteId);
  if (note === undefined || note.isSystem || note.author.id === (await deps.threads.self()).id) return 'no-command';
  const command = readCommand(note.body);
  if (command.kind === 'none') return 'no-command';

  const answer = (body: string) =>
    deps.threads.noteOnce(projectId, iid, { marker: caseMarkerOf(current, `answer-${noteId}`), body });
  if (!(await isAllowed(current, note, deps))) {
    await answer(
      `${prose(nameOf(note.author))} may not silence this case: Developers of the project and members of its on-call and stewards' groups may.`,
    );
    return 'not-allowed';
  }
  if (command.kind === 'not-understood') {
    await answer(`This was not understood. ${command.why} ${HOW}`);
    return 'not-understood';
  }
  await answer(await silence(current, note, noteId, command.milliseconds, deps));
  return 'snoozed';
}

async function isAllowed({ model }: Case, { author }: Note, { onboarding, memberships }: ObeyNoteDeps) {
  const record = onboarding.ofModel(model);
  return record !== undefined && (await maySilence(record, author.id, memberships));
}

/** Counted from when it was written, so that a late delivery silences no longer than was meant. */
async function silence(
  current: Case,
  { author, createdAt }: Note,
  noteId: number,
  milliseconds: number,
  { cases }: ObeyNoteDeps,
): Promise<string> {
  const until = new Date(Date.parse(createdAt) + milliseconds).toISOString();
  const snoozed = await cases.change(current, (latest) => snooze(latest, { noteId, user: author }, until));
  if (snoozed.snoozedBy?.noteId !== noteId) return 'A newer command holds.';
  return `Silent until ${formatTime(until)}, says ${prose(nameOf(author))}: no notes, no retraining and no new case before. The alarm and its mails are not silenced, and the case still closes when it is over.`;
}
