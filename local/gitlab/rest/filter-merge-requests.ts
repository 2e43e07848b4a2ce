import * as z from 'zod';
import { isDraft } from '../hooks/payload-merge-request.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { flag, integer, integers, list, moment, text } from './read-parameters.ts';

const FILTER = {
  state: z.enum(['opened', 'closed', 'merged', 'locked', 'all']).default('all'),
  source_branch: text.optional(),
  target_branch: text.optional(),
  iids: integers.optional(),
  labels: list.optional(),
  search: text.optional(),
  author_id: integer.optional(),
  author_username: text.optional(),
  assignee_id: text.optional(),
  reviewer_id: text.optional(),
  created_after: moment.optional(),
  created_before: moment.optional(),
  updated_after: moment.optional(),
  updated_before: moment.optional(),
  merged_after: moment.optional(),
  merged_before: moment.optional(),
  merge_user_id: integer.optional(),
  merge_user_username: text.optional(),
  approved: z.enum(['yes', 'no']).optional(),
  approved_by_ids: list.optional(),
  not: z
    .object({ labels: list.optional(), author_id: integer.optional(), author_username: text.optional() })
    .optional(),
  wip: z.enum(['yes', 'no']).optional(),
  draft: flag.optional(),
  view: z.enum(['simple']).optional(),
  scope: z.enum(['created_by_me', 'assigned_to_me', 'reviews_for_me', 'all']).optional(),
  order_by: z.enum(['created_at', 'updated_at', 'merged_at', 'title']).default('created_at'),
  sort: z.enum(['asc', 'desc']).default('desc'),
};
export const Filter = z.object(FILTER);
export type Filter = z.infer<typeof Filter>;

export function matches(world: World, row: MergeRequest, wanted: Filter, caller: User | undefined): boolean {
  const draft = wanted.draft ?? (wanted.wip === undefined ? undefined : wanted.wip === 'yes');
  const person = (asked: string | undefined, ids: number[]) =>
    asked === undefined ||
    (asked === 'None' || asked === '0'
      ? ids.length === 0
      : asked === 'Any'
        ? ids.length > 0
        : ids.includes(Number(asked)));
  const found = `${row.title}\n${row.description ?? ''}`.toLowerCase();
  const scoped =
    wanted.scope === 'created_by_me'
      ? row.author_id === caller?.id
      : wanted.scope === 'assigned_to_me'
        ? row.assignee_ids.includes(caller?.id ?? 0)
        : wanted.scope === 'reviews_for_me'
          ? row.reviewer_ids.includes(caller?.id ?? 0)
          : true;
  const between = (time: string, after: string | undefined, before: string | undefined) =>
    (!after || Date.parse(time) >= Date.parse(after)) && (!before || Date.parse(time) <= Date.parse(before));
  return (
    scoped &&
    (wanted.state === 'all' || row.state === wanted.state) &&
    (!wanted.source_branch || row.source_branch === wanted.source_branch) &&
    (!wanted.target_branch || row.target_branch === wanted.target_branch) &&
    (!wanted.iids || wanted.iids.includes(row.iid)) &&
    (!wanted.labels ||
      (wanted.labels[0] === 'None'
        ? row.labels.length === 0
        : wanted.labels[0] === 'Any'
          ? row.labels.length > 0
          : wanted.labels.every((label) => row.labels.includes(label)))) &&
    (!wanted.search || found.includes(wanted.search.toLowerCase())) &&
    (wanted.author_id === undefined || row.author_id === wanted.author_id) &&
    (!wanted.author_username || world.db.users.get(row.author_id)?.username === wanted.author_username) &&
    person(wanted.assignee_id, row.assignee_ids) &&
    person(wanted.reviewer_id, row.reviewer_ids) &&
    (draft === undefined || isDraft(row.title) === draft) &&
    ((!wanted.merged_after && !wanted.merged_before) ||
      (row.merged_at !== null && between(row.merged_at, wanted.merged_after, wanted.merged_before))) &&
    (wanted.merge_user_id === undefined || row.merge_user_id === wanted.merge_user_id) &&
    (!wanted.merge_user_username ||
      world.db.users.get(row.merge_user_id ?? 0)?.username === wanted.merge_user_username) &&
    (!wanted.approved || row.approvals.length > 0 === (wanted.approved === 'yes')) &&
    (!wanted.approved_by_ids ||
      (wanted.approved_by_ids[0] === 'None'
        ? row.approvals.length === 0
        : wanted.approved_by_ids[0] === 'Any'
          ? row.approvals.length > 0
          : wanted.approved_by_ids.every((id) => row.approvals.some((one) => String(one.user_id) === id)))) &&
    !wanted.not?.labels?.some((label) => row.labels.includes(label)) &&
    (wanted.not?.author_id === undefined || row.author_id !== wanted.not.author_id) &&
    (!wanted.not?.author_username || world.db.users.get(row.author_id)?.username !== wanted.not.author_username) &&
    between(row.created_at, wanted.created_after, wanted.created_before) &&
    between(row.updated_at, wanted.updated_after, wanted.updated_before)
  );
}
