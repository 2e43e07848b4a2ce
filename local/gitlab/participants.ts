import type { Issue } from './rows/issues.ts';
import type { MergeRequest } from './rows/merge-requests.ts';
import type { User } from './rows/users.ts';
import type { World } from './world.ts';

/** Who takes part in an issue or a merge request: wrote it, is asked, commented, or is mentioned. */
export function participantsOf(world: Pick<World, 'db'>, on: Issue | MergeRequest): User[] {
  const { users, notes } = world.db;
  const type = 'reviewer_ids' in on ? 'MergeRequest' : 'Issue';
  const comments = notes.filter((note) => note.noteable_type === type && note.noteable_id === on.id);
  const told = [on.description ?? '', ...comments.filter((note) => !note.system).map((note) => note.body)].join('\n');
  const mentioned = new Set([...told.matchAll(/(?<![\w@])@([\w.-]*\w)/g)].map(([, name]) => name));
  const ids = new Set([
    on.author_id,
    ...on.assignee_ids,
    ...('reviewer_ids' in on ? on.reviewer_ids : []),
    ...comments.map((note) => note.author_id),
    ...users.filter((user) => mentioned.has(user.username)).map((user) => user.id),
  ]);
  return [...ids].flatMap((id) => users.get(id) ?? []);
}

export function isSubscribed(world: Pick<World, 'db'>, on: Issue | MergeRequest, user: User | undefined): boolean {
  if (!user) return false;
  return on.subscriptions?.[user.id] ?? participantsOf(world, on).some((one) => one.id === user.id);
}
