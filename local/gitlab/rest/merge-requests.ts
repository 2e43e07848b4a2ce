import * as z from 'zod';
import { DEVELOPER, OWNER } from '../access.ts';
import { beginMergeRequestPipeline } from '../ci/merge-request-pipeline.ts';
import { listCommits } from '../git/read-history.ts';
import { recordLabels } from '../labels.ts';
import { headOf, settingOf, tellOfMergeRequest } from '../merge-requests.ts';
import { addSystemNote } from '../notes.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { World } from '../world.ts';
import type { Api } from './api.ts';
import { openProject, requireCaller, requireUnmodified } from './api.ts';
import { ApiError, badParameter, badRequest, forbidden, unprocessable } from './api-error.ts';
import { notesOfChange } from './notes-of-change.ts';
import { ONE, openMergeRequest } from './open-merge-request.ts';
import { peopleOf } from './people-of.ts';
import { showMergeRequest } from './present-merge-request.ts';
import { filledText, flag, integer, integers, list, readParameters, rowText, text } from './read-parameters.ts';

const Fields = {
  description: text.nullable().optional(),
  labels: list.nullish(),
  assignee_id: integer.nullish(),
  assignee_ids: integers.nullish(),
  reviewer_ids: integers.nullish(),
  milestone_id: integer.nullish(),
  remove_source_branch: flag.nullish(),
  allow_collaboration: flag.optional(),
  squash: flag.nullish(),
};
const NewMergeRequest = z.object({
  title: rowText,
  source_branch: filledText,
  target_branch: filledText,
  target_project_id: integer.optional(),
  ...Fields,
});
const Change = z.object({
  title: filledText.optional(),
  target_branch: filledText.optional(),
  state_event: z.enum(['close', 'reopen']).optional(),
  add_labels: list.nullish(),
  remove_labels: list.nullish(),
  discussion_locked: flag.nullish(),
  ...Fields,
});

/** What a change may name, in the order in which GitLab lists it. */
const CHANGEABLE = [
  ...['assignee_id', 'assignee_ids', 'reviewer_ids', 'description', 'discussion_locked', 'labels', 'add_labels'],
  ...['remove_labels', 'milestone_id', 'remove_source_branch', 'state_event', 'target_branch', 'title', 'squash'],
  'allow_collaboration',
];

export function routeMergeRequests(api: Api, world: World): void {
  const { mergeRequests } = world.db;
  api.post('/projects/:id/merge_requests', async (c) => {
    const { project, repository } = openProject(world, c, DEVELOPER);
    const author = requireCaller(c);
    const given = await readParameters(c, NewMergeRequest);
    const [source, target] = [given.source_branch, given.target_branch].map(
      (branch) => project.known_refs[`refs/heads/${branch}`],
    );
    if (given.source_branch === given.target_branch)
      throw unprocessable({ error: ["You can't use same project/branch for source and target"] });
    if (!source || !target) {
      const which = source ? 'Target' : 'Source';
      throw unprocessable({
        error: [`${which} branch "${source ? given.target_branch : given.source_branch}" does not exist`],
      });
    }
    const siblings = mergeRequests.filter((row) => row.project_id === project.id);
    refuseTwin(siblings, given.source_branch, given.target_branch);
    if (given.title.length > 255) throw badRequest({ title: ['is too long (maximum is 255 characters)'] });
    const time = world.now().toISOString();
    const labels = [...new Set(given.labels ?? [])];
    const row = mergeRequests.insert({
      title: given.title,
      description: given.description ?? null,
      source_branch: given.source_branch,
      target_branch: given.target_branch,
      labels,
      assignee_ids: peopleOf(world, given.assignee_ids ?? (given.assignee_id ? [given.assignee_id] : [])),
      reviewer_ids: peopleOf(world, given.reviewer_ids ?? []),
      iid: Math.max(0, ...siblings.map((other) => other.iid)) + 1,
      project_id: project.id,
      author_id: author.id,
      state: 'opened',
      sha: source,
      approvals: [],
      squash: given.squash ?? ['always', 'default_on'].includes(String(settingOf(project, 'squash_option'))),
      force_remove_source_branch: given.remove_source_branch ?? false,
      auto_merge_user_id: null,
      closed_by_id: null,
      squash_commit_sha: null,
      merge_user_id: null,
      merged_at: null,
      merge_commit_sha: null,
      commit_shas: (await listCommits(repository, `${target}..${source}`)).map((commit) => commit.id),
      created_at: time,
      updated_at: time,
      closed_at: null,
    });
    recordLabels(world, author, undefined, row);
    tellOfMergeRequest(world, row, author, 'open');
    beginMergeRequestPipeline(world, row, author);
    return c.json(await showMergeRequest(world, row, author), 201);
  });

  api.get(ONE, async (c) => {
    const { row, user } = openMergeRequest(world, c);
    return c.json(await showMergeRequest(world, row, user));
  });

  api.put(ONE, async (c) => {
    const { row, project } = openMergeRequest(world, c, DEVELOPER);
    const user = requireCaller(c);
    const given = await readParameters(c, Change);
    if (Object.values(given).every((value) => value === undefined))
      throw badParameter(`${CHANGEABLE.join(', ')} are missing, at least one parameter must be provided`);
    if (given.state_event === 'reopen' && row.state === 'closed')
      refuseTwin(
        mergeRequests.filter((other) => other.project_id === row.project_id),
        row.source_branch,
        row.target_branch,
      );
    const target = given.target_branch ?? row.target_branch;
    if (!project.known_refs[`refs/heads/${target}`])
      throw unprocessable({ error: [`Target branch "${target}" does not exist`] });
    const merged = row.state === 'merged';
    const state = merged
      ? row.state
      : given.state_event === 'close'
        ? 'closed'
        : given.state_event === 'reopen'
          ? 'opened'
          : row.state;
    const time = world.now().toISOString();
    const removed = new Set(given.remove_labels ?? []);
    const labels = [...new Set([...(given.labels ?? row.labels), ...(given.add_labels ?? [])])].filter(
      (label) => !removed.has(label),
    );
    const people =
      given.assignee_ids ??
      (given.assignee_id === undefined ? row.assignee_ids : given.assignee_id ? [given.assignee_id] : []);
    const changed = mergeRequests.update(row.id, {
      title: given.title ?? row.title,
      description: given.description === undefined ? row.description : given.description,
      target_branch: target,
      labels,
      assignee_ids: peopleOf(world, people),
      reviewer_ids: given.reviewer_ids ? peopleOf(world, given.reviewer_ids) : row.reviewer_ids,
      force_remove_source_branch: given.remove_source_branch ?? row.force_remove_source_branch,
      squash: given.squash ?? row.squash,
      discussion_locked: given.discussion_locked ?? row.discussion_locked ?? null,
      state,
      sha: headOf(world, row),
      closed_at: state === 'closed' ? (row.closed_at ?? time) : null,
      closed_by_id: state === 'closed' ? (row.closed_by_id ?? user.id) : null,
      updated_at: time,
    });
    recordLabels(world, user, row, changed);
    for (const body of notesOfChange(world, row, changed)) addSystemNote(world, 'MergeRequest', changed, user, body);
    const action = state === row.state ? 'update' : state === 'closed' ? 'close' : 'reopen';
    if (action !== 'update')
      addSystemNote(world, 'MergeRequest', changed, user, action === 'close' ? 'closed' : 'reopened');
    tellOfMergeRequest(world, changed, user, action, { before: row });
    return c.json(await showMergeRequest(world, changed, user));
  });

  api.delete(ONE, (c) => {
    const { row, access } = openMergeRequest(world, c);
    if (access < OWNER) throw forbidden();
    requireUnmodified(c, row.updated_at);
    for (const note of world.db.notes.filter((n) => n.noteable_type === 'MergeRequest' && n.noteable_id === row.id))
      world.db.notes.remove(note.id);
    mergeRequests.remove(row.id);
    return c.body(null, 204);
  });
}

function refuseTwin(siblings: MergeRequest[], source: string, target: string): void {
  const twin = siblings.find(
    (row) => row.state === 'opened' && row.source_branch === source && row.target_branch === target,
  );
  if (twin)
    throw new ApiError(409, {
      message: [`Another open merge request already exists for this source branch: !${twin.iid}`],
    });
}
