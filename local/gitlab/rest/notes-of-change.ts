import type { Issue } from '../rows/issues.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { World } from '../world.ts';

type Row = Issue | MergeRequest;

/** What GitLab itself notes down when somebody changes an issue or a merge request, in its words. */
export function notesOfChange(world: Pick<World, 'db'>, before: Row, after: Row): string[] {
  const names = (ids: number[]) => ids.map((id) => `@${world.db.users.get(id)?.username ?? 'ghost'}`);
  const notes: string[] = [];
  if (before.title !== after.title) notes.push(`changed title from **{-${before.title}-}** to **{+${after.title}+}**`);
  if (before.description !== after.description) notes.push('changed the description');
  const people = changeOfPeople(names, before.assignee_ids, after.assignee_ids, 'assigned to', 'unassigned');
  if (people) notes.push(people);
  if ('reviewer_ids' in before && 'reviewer_ids' in after) {
    const reviewers = changeOfPeople(
      names,
      before.reviewer_ids,
      after.reviewer_ids,
      'requested review from',
      'removed review request for',
    );
    if (reviewers) notes.push(reviewers);
    if (before.target_branch !== after.target_branch)
      notes.push(`changed target branch from \`${before.target_branch}\` to \`${after.target_branch}\``);
  }
  if ('confidential' in before && 'confidential' in after) {
    if (before.confidential !== after.confidential)
      notes.push(after.confidential ? 'made the issue confidential' : 'made the issue visible to everyone');
    if (before.due_date !== after.due_date)
      notes.push(after.due_date ? `changed due date to ${longDate(after.due_date)}` : 'removed due date');
  }
  return notes;
}

function changeOfPeople(
  names: (ids: number[]) => string[],
  before: number[],
  after: number[],
  added: string,
  removed: string,
): string | undefined {
  const sentence = (word: string, ids: number[]) => (ids.length === 0 ? [] : [`${word} ${names(ids).join(' and ')}`]);
  const parts = [
    ...sentence(
      added,
      after.filter((id) => !before.includes(id)),
    ),
    ...sentence(
      removed,
      before.filter((id) => !after.includes(id)),
    ),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}

const longDate = (date: string) =>
  Number.isNaN(Date.parse(date))
    ? date
    : new Date(date).toLocaleDateString('en-US', { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' });
