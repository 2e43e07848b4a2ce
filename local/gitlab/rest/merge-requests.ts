import * as z from 'zod';
import { DEVELOPER, protectionOf, REPORTER } from '../access.ts';
import { createMergeCommit, moveRef } from '../git/merge-branch.ts';
import * as git from '../git/read-objects.ts';
import { GitError } from '../git/run-git.ts';
import type { MergeRequest } from '../rows.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openProject, paginate, requireCaller } from './api.ts';
import { ApiError, badParameter, forbidden, notFound } from './api-error.ts';
import { tellOfRefs } from './branches.ts';
import { addSystemNote } from './notes.ts';
import { presentCommit, presentUser } from './present.ts';
import { filledText, flag, integers, list, readParameters, text } from './read-parameters.ts';

export function presentMergeRequest(world: World, row: MergeRequest) {
  const project = world.db.projects.require(row.project_id);
  const user = (id: number | null) => {
    const found = id === null ? undefined : world.db.users.get(id);
    return found ? presentUser(world, found) : null;
  };
  const sha = row.state === 'opened' ? (project.known_refs[`refs/heads/${row.source_branch}`] ?? row.sha) : row.sha;
  return {
    id: row.id,
    iid: row.iid,
    project_id: row.project_id,
    title: row.title,
    description: row.description,
    state: row.state,
    created_at: row.created_at,
    updated_at: row.updated_at,
    merged_by: user(row.merge_user_id),
    merge_user: user(row.merge_user_id),
    merged_at: row.merged_at,
    closed_by: null,
    closed_at: row.closed_at,
    target_branch: row.target_branch,
    source_branch: row.source_branch,
    user_notes_count: world.db.notes.filter(
      (note) => note.noteable_type === 'MergeRequest' && note.noteable_id === row.id && !note.system,
    ).length,
    upvotes: 0,
    downvotes: 0,
    author: user(row.author_id),
    assignees: row.assignee_ids.map(user),
    assignee: user(row.assignee_ids[0] ?? null),
    reviewers: [],
    source_project_id: row.project_id,
    target_project_id: row.project_id,
    labels: row.labels,
    draft: /^(draft|wip):/i.test(row.title),
    work_in_progress: false,
    milestone: null,
    merge_when_pipeline_succeeds: false,
    merge_status: 'can_be_merged',
    detailed_merge_status: row.state === 'opened' ? 'mergeable' : 'not_open',
    sha,
    merge_commit_sha: row.merge_commit_sha,
    squash_commit_sha: null,
    discussion_locked: null,
    should_remove_source_branch: null,
    force_remove_source_branch: false,
    reference: `!${row.iid}`,
    references: { short: `!${row.iid}`, relative: `!${row.iid}`, full: `${project.path_with_namespace}!${row.iid}` },
    web_url: `${world.url}/${project.path_with_namespace}/-/merge_requests/${row.iid}`,
    squash: false,
    has_conflicts: false,
  };
}

export function routeMergeRequests(api: Api, world: World): void {
  const { mergeRequests } = world.db;
  const show = (row: MergeRequest) => presentMergeRequest(world, row);
  const open = (c: ApiContext, level = 0) => {
    const call = openProject(world, c, level);
    const iid = numberInPath(c, 'merge_request_iid');
    const row = mergeRequests.find((found) => found.project_id === call.project.id && found.iid === iid);
    if (!row) throw notFound();
    return { ...call, row };
  };

  api.get('/projects/:id/merge_requests', async (c) => {
    const { project } = openProject(world, c);
    const wanted = await readParameters(
      c,
      z.object({
        state: z.enum(['opened', 'closed', 'merged', 'locked', 'all']).default('all'),
        source_branch: text.optional(),
        target_branch: text.optional(),
        iids: integers.optional(),
      }),
    );
    const found = mergeRequests.filter(
      (row) =>
        row.project_id === project.id &&
        (wanted.state === 'all' || row.state === wanted.state) &&
        (!wanted.source_branch || row.source_branch === wanted.source_branch) &&
        (!wanted.target_branch || row.target_branch === wanted.target_branch) &&
        (!wanted.iids || wanted.iids.includes(row.iid)),
    );
    return paginate(c, found.reverse(), show);
  });

  api.post('/projects/:id/merge_requests', async (c) => {
    const { project, repository } = openProject(world, c, DEVELOPER);
    const given = await readParameters(
      c,
      z.object({
        source_branch: filledText,
        target_branch: filledText,
        title: filledText,
        description: text.nullable().default(null),
        labels: list.default([]),
        assignee_ids: integers.default([]),
      }),
    );
    const [source, target] = [given.source_branch, given.target_branch].map(
      (branch) => project.known_refs[`refs/heads/${branch}`],
    );
    if (!source || !target) {
      const which = source ? 'Target' : 'Source';
      throw new ApiError(422, {
        message: [`${which} branch "${source ? given.target_branch : given.source_branch}" does not exist`],
      });
    }
    if (given.source_branch === given.target_branch)
      throw new ApiError(422, { message: ["You can't use same project/branch for source and target"] });
    const siblings = mergeRequests.filter((row) => row.project_id === project.id);
    const twin = siblings.find(
      (row) =>
        row.state === 'opened' &&
        row.source_branch === given.source_branch &&
        row.target_branch === given.target_branch,
    );
    if (twin)
      throw new ApiError(409, {
        message: [`Another open merge request already exists for this source branch: !${twin.iid}`],
      });
    const time = world.now().toISOString();
    const row = mergeRequests.insert({
      ...given,
      iid: Math.max(0, ...siblings.map((other) => other.iid)) + 1,
      project_id: project.id,
      author_id: requireCaller(c).id,
      state: 'opened',
      sha: source,
      merge_user_id: null,
      merged_at: null,
      merge_commit_sha: null,
      commit_shas: (await git.listCommits(repository, `${target}..${source}`)).map((commit) => commit.id),
      created_at: time,
      updated_at: time,
      closed_at: null,
    });
    return c.json(show(row), 201);
  });

  api.get('/projects/:id/merge_requests/:merge_request_iid', (c) => c.json(show(open(c).row)));

  api.put('/projects/:id/merge_requests/:merge_request_iid', async (c) => {
    const { row } = open(c, DEVELOPER);
    const given = await readParameters(
      c,
      z.object({
        title: filledText.optional(),
        description: text.nullable().optional(),
        labels: list.optional(),
        state_event: z.enum(['close', 'reopen']).optional(),
      }),
    );
    if (Object.values(given).every((value) => value === undefined))
      throw badParameter(
        'title, description, labels, state_event are missing, at least one parameter must be provided',
      );
    if (given.state_event && row.state === 'merged') throw forbidden();
    const state = given.state_event === 'close' ? 'closed' : given.state_event === 'reopen' ? 'opened' : row.state;
    const time = world.now().toISOString();
    const changed = mergeRequests.update(row.id, {
      title: given.title ?? row.title,
      description: given.description === undefined ? row.description : given.description,
      labels: given.labels ?? row.labels,
      state,
      closed_at: state === 'closed' ? time : null,
      updated_at: time,
    });
    return c.json(show(changed));
  });

  api.get('/projects/:id/merge_requests/:merge_request_iid/commits', async (c) => {
    const { project, repository, row } = open(c, REPORTER);
    const commits = await git.listCommits(repository, await rangeOf(world, row));
    return paginate(c, commits, (commit) => presentCommit(world, project, commit));
  });

  api.put('/projects/:id/merge_requests/:merge_request_iid/merge', async (c) => {
    const { row, access } = open(c);
    const rule = protectionOf(world.db, row.project_id, row.target_branch);
    if (access < Math.max(DEVELOPER, rule?.merge_access_level ?? 0) || rule?.merge_access_level === 0)
      throw new ApiError(401, { message: '401 Unauthorized' });
    const given = await readParameters(
      c,
      z.object({
        merge_commit_message: text.optional(),
        sha: text.optional(),
        should_remove_source_branch: flag.optional(),
      }),
    );
    return c.json(show(await merge(world, c, row, given)));
  });
}

async function rangeOf(world: World, row: MergeRequest): Promise<string> {
  const { known_refs } = world.db.projects.require(row.project_id);
  const source = row.state === 'opened' ? (known_refs[`refs/heads/${row.source_branch}`] ?? row.sha) : row.sha;
  const target = row.merge_commit_sha
    ? `${row.merge_commit_sha}^1`
    : (known_refs[`refs/heads/${row.target_branch}`] ?? row.sha);
  return `${target}..${source}`;
}

/** A real merge commit on the target branch, which then counts as a push of the person who merged. */
async function merge(
  world: World,
  c: ApiContext,
  row: MergeRequest,
  given: { merge_commit_message?: string | undefined; sha?: string | undefined },
): Promise<MergeRequest> {
  const project = world.db.projects.require(row.project_id);
  const repository = world.repositories.path(project);
  const user = requireCaller(c);
  const source = project.known_refs[`refs/heads/${row.source_branch}`];
  const target = project.known_refs[`refs/heads/${row.target_branch}`];
  if (row.state !== 'opened' || !source || !target) throw new ApiError(405, { message: '405 Method Not Allowed' });
  if (given.sha && given.sha !== source)
    throw new ApiError(409, { message: 'SHA does not match HEAD of source branch' });
  const commits = await git.listCommits(repository, `${target}..${source}`);
  const message =
    given.merge_commit_message ??
    `Merge branch '${row.source_branch}' into '${row.target_branch}'\n\n${row.title}\n\nSee merge request ${project.path_with_namespace}!${row.iid}\n`;
  const commit = await createMergeCommit(repository, target, source, message, user, world.now());
  if (!commit) throw new ApiError(422, { message: 'Branch cannot be merged' });
  try {
    await moveRef(repository, `refs/heads/${row.target_branch}`, commit, target);
  } catch (error) {
    if (error instanceof GitError) throw new ApiError(409, { message: 'The target branch moved; try the merge again' });
    throw error;
  }
  const time = world.now().toISOString();
  const merged = world.db.mergeRequests.update(row.id, {
    state: 'merged',
    sha: source,
    merge_user_id: user.id,
    merged_at: time,
    updated_at: time,
    merge_commit_sha: commit,
    commit_shas: commits.map((found) => found.id),
  });
  addSystemNote(world, 'MergeRequest', merged, user, 'merged');
  await tellOfRefs(world, project, user.id);
  return merged;
}
