import * as z from 'zod';
import { accessToProject, canSee, DEVELOPER, OWNER, protectionOf, REPORTER } from '../access.ts';
import { closedIssues } from '../close-issues.ts';
import { createCommit, mergeTrees } from '../git/merge-branch.ts';
import { diffBetween } from '../git/read-diffs.ts';
import { listCommits, mergeBase } from '../git/read-history.ts';
import { gitText } from '../git/run-git.ts';
import { isDraft } from '../hooks/payload-merge-request.ts';
import { ensureLabel } from '../labels.ts';
import {
  headOf,
  headPipeline,
  MergeError,
  mergeNow,
  mergeStatus,
  settingOf,
  tellOfMergeRequest,
} from '../merge-requests.ts';
import type { MergeRequest, User } from '../rows.ts';
import type { World } from '../world.ts';
import {
  type Api,
  type ApiContext,
  numberInPath,
  openForReading,
  openGroup,
  openProject,
  paginate,
  requireCaller,
  requireUnmodified,
} from './api.ts';
import { ApiError, badParameter, badRequest, forbidden, notFound, unauthorized, unprocessable } from './api-error.ts';
import { tellOfRefs } from './branches.ts';
import { addSystemNote } from './notes.ts';
import { notesOfChange } from './notes-of-change.ts';
import { presentCommit, presentPipeline, presentPipelineFully, presentUser } from './present.ts';
import { filledText, flag, integer, integers, list, moment, readParameters, rowText, text } from './read-parameters.ts';

export function presentMergeRequest(world: World, row: MergeRequest, mergeStatusName?: string) {
  const project = world.db.projects.require(row.project_id);
  const user = (id: number | null) => {
    const found = id === null ? undefined : world.db.users.get(id);
    return found ? presentUser(world, found) : null;
  };
  const draft = isDraft(row.title);
  const status = mergeStatusName ?? (row.state !== 'opened' ? 'not_open' : draft ? 'draft_status' : 'mergeable');
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
    merge_user: user(row.merge_user_id ?? row.auto_merge_user_id),
    merged_at: row.merged_at,
    closed_by: user(row.closed_by_id),
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
    reviewers: row.reviewer_ids.map(user),
    source_project_id: row.project_id,
    target_project_id: row.project_id,
    labels: row.labels,
    draft,
    imported: false,
    imported_from: 'none',
    work_in_progress: draft,
    milestone: null,
    merge_when_pipeline_succeeds: row.auto_merge_user_id !== null,
    merge_status: status === 'conflict' || status === 'need_rebase' ? 'cannot_be_merged' : 'can_be_merged',
    detailed_merge_status: status,
    merge_after: null,
    sha: headOf(world, row),
    merge_commit_sha: row.merge_commit_sha,
    squash_commit_sha: row.squash_commit_sha,
    discussion_locked: null,
    should_remove_source_branch: null,
    force_remove_source_branch: row.force_remove_source_branch,
    prepared_at: row.created_at,
    reference: `!${row.iid}`,
    references: { short: `!${row.iid}`, relative: `!${row.iid}`, full: `${project.path_with_namespace}!${row.iid}` },
    web_url: `${world.url}/${project.path_with_namespace}/-/merge_requests/${row.iid}`,
    time_stats: { time_estimate: 0, total_time_spent: 0, human_time_estimate: null, human_total_time_spent: null },
    squash: row.squash,
    squash_on_merge: row.squash,
    task_completion_status: { count: 0, completed_count: 0 },
    has_conflicts: status === 'conflict',
    blocking_discussions_resolved: true,
    approvals_before_merge: null,
  };
}

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
const Filter = z.object(FILTER);
type Filter = z.infer<typeof Filter>;

function matches(world: World, row: MergeRequest, wanted: Filter, caller: User | undefined): boolean {
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

export function routeMergeRequests(api: Api, world: World): void {
  const { mergeRequests } = world.db;
  const simple = (row: MergeRequest) => {
    const { id, iid, project_id, title, description, state, created_at, updated_at, web_url } = presentMergeRequest(
      world,
      row,
    );
    return { id, iid, project_id, title, description, state, created_at, updated_at, web_url };
  };
  const show = (row: MergeRequest) => presentMergeRequest(world, row);
  const open = (c: ApiContext, level = 0) => {
    const call = level === 0 ? openForReading(world, c) : openProject(world, c, level);
    const iid = numberInPath(c, 'merge_request_iid');
    const row = mergeRequests.find((found) => found.project_id === call.project.id && found.iid === iid);
    if (!row) throw notFound();
    return { ...call, row };
  };
  const listOf = async (c: ApiContext, inScope: (row: MergeRequest) => boolean, scope?: 'created_by_me') => {
    const wanted = await readParameters(c, Filter);
    const caller = c.get('caller')?.user;
    const filter = { ...wanted, scope: wanted.scope ?? scope };
    const key = wanted.order_by;
    const direction = wanted.sort === 'asc' ? 1 : -1;
    const found = mergeRequests
      .filter((row) => inScope(row) && matches(world, row, filter, caller))
      .sort(
        (a, b) =>
          direction * ((a[key] ?? '') < (b[key] ?? '') ? -1 : (a[key] ?? '') > (b[key] ?? '') ? 1 : a.id - b.id),
      );
    return paginate(c, found, wanted.view === 'simple' ? simple : show);
  };

  api.get('/merge_requests', (c) => {
    const caller = requireCaller(c);
    const visible = new Set(
      world.db.projects
        .filter((project) =>
          canSee(project.visibility, caller, accessToProject(world.db, caller, project, world.now())),
        )
        .map((project) => project.id),
    );
    return listOf(c, (row) => visible.has(row.project_id), 'created_by_me');
  });
  api.get('/groups/:id/merge_requests', (c) => {
    const { group } = openGroup(world, c);
    const within = (row: MergeRequest) =>
      world.db.projects.require(row.project_id).path_with_namespace.startsWith(`${group.full_path}/`);
    return listOf(c, within);
  });
  api.get('/projects/:id/merge_requests', (c) => {
    const { project } = openForReading(world, c);
    return listOf(c, (row) => row.project_id === project.id);
  });

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
    for (const label of labels) ensureLabel(world, project.id, label);
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
    tellOfMergeRequest(world, row, author, 'open');
    return c.json(await showFully(world, row, author), 201);
  });

  const one = '/projects/:id/merge_requests/:merge_request_iid';
  api.get(one, async (c) => {
    const { row, user } = open(c);
    return c.json(await showFully(world, row, user));
  });

  api.put(one, async (c) => {
    const { row, project } = open(c, DEVELOPER);
    const user = requireCaller(c);
    const given = await readParameters(c, Change);
    if (Object.values(given).every((value) => value === undefined))
      throw badParameter(
        `${Object.keys(Change.shape).join(', ')} are missing, at least one parameter must be provided`,
      );
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
    for (const label of labels) ensureLabel(world, row.project_id, label);
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
      state,
      sha: headOf(world, row),
      closed_at: state === 'closed' ? (row.closed_at ?? time) : null,
      closed_by_id: state === 'closed' ? (row.closed_by_id ?? user.id) : null,
      updated_at: time,
    });
    for (const body of notesOfChange(world, row, changed)) addSystemNote(world, 'MergeRequest', changed, user, body);
    const action = state === row.state ? 'update' : state === 'closed' ? 'close' : 'reopen';
    if (action !== 'update')
      addSystemNote(world, 'MergeRequest', changed, user, action === 'close' ? 'closed' : 'reopened');
    tellOfMergeRequest(world, changed, user, action, { before: row });
    return c.json(await showFully(world, changed, user));
  });

  api.delete(one, (c) => {
    const { row, access } = open(c);
    if (access < OWNER) throw forbidden();
    requireUnmodified(c, row.updated_at);
    for (const note of world.db.notes.filter((n) => n.noteable_type === 'MergeRequest' && n.noteable_id === row.id))
      world.db.notes.remove(note.id);
    mergeRequests.remove(row.id);
    return c.body(null, 204);
  });

  api.put(`${one}/merge`, async (c) => {
    const { row, access } = open(c);
    const user = requireCaller(c);
    const rule = protectionOf(world.db, row.project_id, row.target_branch);
    if (access < Math.max(DEVELOPER, rule?.merge_access_level ?? 0) || rule?.merge_access_level === 0)
      throw unauthorized();
    const given = await readParameters(
      c,
      z.object({
        merge_commit_message: text.nullish(),
        squash_commit_message: text.nullish(),
        sha: text.nullish(),
        should_remove_source_branch: flag.nullish(),
        squash: flag.nullish(),
        auto_merge: flag.nullish(),
        merge_when_pipeline_succeeds: flag.nullish(),
      }),
    );
    const status = await mergeStatus(world, row);
    const pipeline = headPipeline(world, row);
    const running = pipeline && !['success', 'failed', 'canceled', 'skipped', 'manual'].includes(pipeline.status);
    const wait = (given.auto_merge ?? given.merge_when_pipeline_succeeds) === true && running === true;
    if (status === 'conflict' || status === 'broken_status')
      throw new ApiError(422, { message: 'Branch cannot be merged' });
    if (status !== 'mergeable' && !(wait && status === 'ci_still_running'))
      throw new ApiError(405, { message: '405 Method Not Allowed' });
    const head = headOf(world, row);
    if (given.sha && given.sha !== head)
      throw new ApiError(409, { message: `SHA does not match HEAD of source branch: ${head}` });
    if (wait) {
      const waiting = mergeRequests.update(row.id, {
        auto_merge_user_id: user.id,
        squash: given.squash ?? row.squash,
        force_remove_source_branch: given.should_remove_source_branch ?? row.force_remove_source_branch,
      });
      return c.json(await showFully(world, waiting, user));
    }
    try {
      const merged = await mergeNow(
        world,
        row,
        user,
        {
          merge_commit_message: given.merge_commit_message ?? undefined,
          squash_commit_message: given.squash_commit_message ?? undefined,
          should_remove_source_branch: given.should_remove_source_branch ?? undefined,
          squash: given.squash ?? undefined,
        },
        (project, userId) => tellOfRefs(world, project, userId),
      );
      return c.json(await showFully(world, merged, user));
    } catch (error) {
      if (error instanceof MergeError) throw new ApiError(422, { message: error.message });
      throw error;
    }
  });

  api.post(`${one}/cancel_merge_when_pipeline_succeeds`, async (c) => {
    const { row, user } = open(c, DEVELOPER);
    if (row.auto_merge_user_id === null) throw new ApiError(406, { message: "Can't cancel the automatic merge" });
    return c.json(await showFully(world, mergeRequests.update(row.id, { auto_merge_user_id: null }), user), 201);
  });

  api.get(`${one}/merge_ref`, async (c) => {
    const { row, project, repository } = open(c);
    const target = project.known_refs[`refs/heads/${row.target_branch}`];
    const tree = target && (await mergeTrees(repository, target, headOf(world, row)));
    if (!target || !tree) throw badRequest('Merge request is not mergeable');
    const user = requireCaller(c);
    const commit_id = await createCommit(repository, {
      tree,
      parents: [target, headOf(world, row)],
      message: `Merge ${headOf(world, row)} into ${target}`,
      author: user,
      at: world.now(),
    });
    return c.json({ commit_id });
  });

  routeMergeRequestDetails(api, world, open);
  routeApprovals(api, world, open);
}

type Open = (c: ApiContext, level?: number) => ReturnType<typeof openProject> & { row: MergeRequest };

function routeMergeRequestDetails(api: Api, world: World, open: Open): void {
  const one = '/projects/:id/merge_requests/:merge_request_iid';

  api.get(`${one}/commits`, async (c) => {
    const { project, repository, row } = open(c, REPORTER);
    const commits = await listCommits(repository, await rangeOf(world, row));
    return paginate(c, commits, (commit) => presentCommit(world, project, commit));
  });

  const diffsOf = async (repository: string, row: MergeRequest) => {
    const [target = '', source = ''] = (await rangeOf(world, row)).split('..');
    const base = await mergeBase(repository, target, source);
    return diffBetween(repository, base, source);
  };
  api.get(`${one}/diffs`, async (c) => {
    const { repository, row } = open(c, REPORTER);
    return paginate(c, await diffsOf(repository, row), (diff) => diff);
  });
  api.get(`${one}/changes`, async (c) => {
    const { repository, row, user } = open(c, REPORTER);
    return c.json({ ...(await showFully(world, row, user)), changes: await diffsOf(repository, row), overflow: false });
  });
  api.get(`${one}/raw_diffs`, async (c) => {
    const { repository, row } = open(c, REPORTER);
    const [target = '', source = ''] = (await rangeOf(world, row)).split('..');
    const base = (await mergeBase(repository, target, source)) ?? target;
    return c.text(await gitText(repository, ['diff', base, source]));
  });
  api.get(`${one}/versions`, async (c) => {
    const { row, repository } = open(c, REPORTER);
    return paginate(c, [row], () => versionOf(world, row, repository));
  });

  api.get(`${one}/participants`, (c) => {
    const { row } = open(c);
    const notes = world.db.notes.filter((note) => note.noteable_type === 'MergeRequest' && note.noteable_id === row.id);
    const ids = new Set([
      row.author_id,
      ...row.assignee_ids,
      ...row.reviewer_ids,
      ...notes.map((note) => note.author_id),
    ]);
    return paginate(c, peopleOf(world, [...ids]), (id) => presentUser(world, world.db.users.require(id)));
  });
  api.get(`${one}/reviewers`, (c) => {
    const { row } = open(c);
    return paginate(c, row.reviewer_ids, (id) => ({
      user: presentUser(world, world.db.users.require(id)),
      state: row.approvals.some((approval) => approval.user_id === id) ? 'approved' : 'unreviewed',
      created_at: row.created_at,
    }));
  });
  api.get(`${one}/pipelines`, (c) => {
    const { row } = open(c);
    const shas = new Set([headOf(world, row), ...row.commit_shas]);
    const found = world.db.pipelines
      .filter((pipeline) => pipeline.project_id === row.project_id && shas.has(pipeline.sha) && !pipeline.tag)
      .filter(
        (pipeline) => pipeline.ref === row.source_branch || pipeline.ref.startsWith(`refs/merge-requests/${row.iid}/`),
      )
      .reverse();
    return paginate(c, found, (pipeline) => presentPipeline(world, pipeline));
  });
  api.get(`${one}/closes_issues`, (c) => {
    const { row } = open(c);
    const named = closedIssues(`${row.title}\n${row.description ?? ''}`);
    const found = world.db.issues.filter((issue) => issue.project_id === row.project_id && named.includes(issue.iid));
    return paginate(c, found, ({ id, iid, title, state, project_id }) => ({ id, iid, title, state, project_id }));
  });
}

async function versionOf(world: World, row: MergeRequest, repository: string) {
  const [target = '', source = ''] = (await rangeOf(world, row)).split('..');
  return {
    id: row.id,
    head_commit_sha: source,
    base_commit_sha: (await mergeBase(repository, target, source)) ?? target,
    start_commit_sha: target,
    created_at: row.created_at,
    merge_request_id: row.id,
    state: 'collected',
    real_size: String(row.commit_shas.length),
  };
}

function routeApprovals(api: Api, world: World, open: Open): void {
  const one = '/projects/:id/merge_requests/:merge_request_iid';
  const show = (row: MergeRequest, access: number, user: User | undefined) => {
    const mine = row.approvals.some((approval) => approval.user_id === user?.id);
    return {
      id: row.id,
      iid: row.iid,
      project_id: row.project_id,
      title: row.title,
      description: row.description,
      state: row.state,
      created_at: row.created_at,
      updated_at: row.updated_at,
      merge_status: 'can_be_merged',
      user_has_approved: mine,
      user_can_approve: !mine && access >= DEVELOPER && row.state === 'opened',
      approved: row.approvals.length > 0,
      approved_by: row.approvals.map(({ user_id, approved_at }) => ({
        user: presentUser(world, world.db.users.require(user_id)),
        approved_at,
      })),
    };
  };

  api.get(`${one}/approvals`, (c) => {
    const { row, access, user } = open(c);
    return c.json(show(row, access, user));
  });
  api.post(`${one}/approve`, async (c) => {
    const { row, access } = open(c);
    const user = requireCaller(c);
    const { sha } = await readParameters(c, z.object({ sha: text.nullish() }));
    const head = headOf(world, row);
    if (sha && sha !== head) throw new ApiError(409, { message: `SHA does not match HEAD of source branch: ${head}` });
    if (access < DEVELOPER) throw forbidden();
    if (!show(row, access, user).user_can_approve) throw unauthorized();
    const approved_at = world.now().toISOString();
    const changed = world.db.mergeRequests.update(row.id, {
      approvals: [...row.approvals, { user_id: user.id, approved_at }],
      updated_at: approved_at,
    });
    addSystemNote(world, 'MergeRequest', changed, user, 'approved this merge request');
    tellOfMergeRequest(world, changed, user, 'approved');
    return c.json(show(changed, access, user), 201);
  });
  api.post(`${one}/unapprove`, (c) => {
    const { row, access } = open(c);
    const user = requireCaller(c);
    if (access < DEVELOPER) throw forbidden();
    if (!row.approvals.some((approval) => approval.user_id === user.id)) throw notFound();
    const changed = world.db.mergeRequests.update(row.id, {
      approvals: row.approvals.filter((approval) => approval.user_id !== user.id),
      updated_at: world.now().toISOString(),
    });
    addSystemNote(world, 'MergeRequest', changed, user, 'unapproved this merge request');
    tellOfMergeRequest(world, changed, user, 'unapproved');
    return c.json(show(changed, access, user), 201);
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

const peopleOf = (world: World, ids: number[]) =>
  [...new Set(ids)].filter((id) => world.db.users.get(id) !== undefined);

/** With what only one merge request shows: conflicts, the range of its commits, its newest pipeline. */
async function showFully(world: World, row: MergeRequest, user: User | undefined) {
  const project = world.db.projects.require(row.project_id);
  const repository = world.repositories.path(project);
  const [start_sha = '', head_sha = ''] = (await rangeOf(world, row)).split('..');
  const base_sha = (await mergeBase(repository, start_sha, head_sha)) ?? start_sha;
  const head = headPipeline(world, row);
  const access = accessToProject(world.db, user, project, world.now());
  const rule = protectionOf(world.db, project.id, row.target_branch);
  return {
    ...presentMergeRequest(world, row, await mergeStatus(world, row)),
    subscribed: user?.id === row.author_id,
    changes_count: String((await diffBetween(repository, base_sha, head_sha)).length),
    latest_build_started_at: head?.started_at ?? null,
    latest_build_finished_at: head?.finished_at ?? null,
    first_deployed_to_production_at: null,
    pipeline: head ? presentPipeline(world, head) : null,
    head_pipeline: head ? presentPipelineFully(world, head) : null,
    diff_refs: { base_sha, head_sha, start_sha },
    merge_error: null,
    rebase_in_progress: false,
    first_contribution: false,
    user: { can_merge: access >= Math.max(DEVELOPER, rule?.merge_access_level ?? 0) && rule?.merge_access_level !== 0 },
  };
}

async function rangeOf(world: World, row: MergeRequest): Promise<string> {
  const { known_refs } = world.db.projects.require(row.project_id);
  const source = headOf(world, row);
  const target = row.merge_commit_sha
    ? `${row.merge_commit_sha}^1`
    : row.state === 'merged' && row.commit_shas.length > 0
      ? `${row.commit_shas.at(-1)}^1`
      : (known_refs[`refs/heads/${row.target_branch}`] ?? row.sha);
  const repository = world.repositories.path(world.db.projects.require(row.project_id));
  const sha = await gitText(repository, ['rev-parse', target]).catch(() => target);
  return `${sha.trim()}..${source}`;
}
