import { DEVELOPER, REPORTER } from '../access.ts';
import { startMergeRequestPipeline } from '../ci/merge-request-pipeline.ts';
import { closedIssues } from '../close-issues.ts';
import { diffBetween } from '../git/read-diffs.ts';
import { listCommits, mergeBase } from '../git/read-history.ts';
import { gitText } from '../git/run-git.ts';
import { headOf } from '../merge-requests.ts';
import { participantsOf } from '../participants.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { World } from '../world.ts';
import { type Api, numberInPath, paginate, requireCaller } from './api.ts';
import { ApiError, badRequest, notFound } from './api-error.ts';
import { ONE, openMergeRequest } from './open-merge-request.ts';
import { presentCommit, presentPipeline, presentPipelineFully } from './present.ts';
import { rangeOf, showMergeRequest } from './present-merge-request.ts';
import { presentUser } from './present-user.ts';

export function routeMergeRequestDetails(api: Api, world: World): void {
  api.get(`${ONE}/commits`, async (c) => {
    const { project, repository, row } = openMergeRequest(world, c, REPORTER);
    const commits = await listCommits(repository, await rangeOf(world, row));
    return paginate(c, commits, (commit) => presentCommit(world, project, commit));
  });

  const diffsOf = async (repository: string, row: MergeRequest) => {
    const [target = '', source = ''] = (await rangeOf(world, row)).split('..');
    const base = await mergeBase(repository, target, source);
    return diffBetween(repository, base, source);
  };
  api.get(`${ONE}/diffs`, async (c) => {
    const { repository, row } = openMergeRequest(world, c, REPORTER);
    return paginate(c, await diffsOf(repository, row), (diff) => diff);
  });
  api.get(`${ONE}/changes`, async (c) => {
    const { repository, row, user } = openMergeRequest(world, c, REPORTER);
    return c.json({
      ...(await showMergeRequest(world, row, user)),
      changes: await diffsOf(repository, row),
      overflow: false,
    });
  });
  api.get(`${ONE}/raw_diffs`, async (c) => {
    const { repository, row } = openMergeRequest(world, c, REPORTER);
    const [target = '', source = ''] = (await rangeOf(world, row)).split('..');
    const base = (await mergeBase(repository, target, source)) ?? target;
    return c.text(await gitText(repository, ['diff', base, source]));
  });
  api.get(`${ONE}/versions`, async (c) => {
    const { row, repository } = openMergeRequest(world, c, REPORTER);
    return paginate(c, [row], () => versionOf(world, row, repository));
  });

  api.get(`${ONE}/versions/:version_id`, async (c) => {
    const { project, repository, row } = openMergeRequest(world, c, REPORTER);
    if (numberInPath(c, 'version_id') !== row.id) throw notFound();
    const commits = await listCommits(repository, await rangeOf(world, row));
    return c.json({
      ...(await versionOf(world, row, repository)),
      commits: commits.map((commit) => presentCommit(world, project, commit)),
      diffs: await diffsOf(repository, row),
    });
  });

  api.get(`${ONE}/participants`, (c) => {
    const { row } = openMergeRequest(world, c);
    return paginate(c, participantsOf(world, row), (user) => presentUser(world, user));
  });
  api.get(`${ONE}/reviewers`, (c) => {
    const { row } = openMergeRequest(world, c);
    return paginate(c, row.reviewer_ids, (id) => ({
      user: presentUser(world, world.db.users.require(id)),
      state: row.approvals.some((approval) => approval.user_id === id) ? 'approved' : 'unreviewed',
      created_at: row.created_at,
    }));
  });
  api.get(`${ONE}/pipelines`, (c) => {
    const { row } = openMergeRequest(world, c);
    const shas = new Set([headOf(world, row), ...row.commit_shas]);
    const found = world.db.pipelines
      .filter((pipeline) => pipeline.project_id === row.project_id && shas.has(pipeline.sha) && !pipeline.tag)
      .filter(
        (pipeline) => pipeline.ref === row.source_branch || pipeline.ref.startsWith(`refs/merge-requests/${row.iid}/`),
      )
      .reverse();
    return paginate(c, found, (pipeline) => presentPipeline(world, pipeline));
  });
  api.post(`${ONE}/pipelines`, async (c) => {
    const { row } = openMergeRequest(world, c, DEVELOPER);
    const pipeline = await startMergeRequestPipeline(world, row, requireCaller(c));
    if (!pipeline) throw new ApiError(405, { message: '405 Method Not Allowed' });
    if (pipeline.yaml_errors) throw badRequest({ base: [pipeline.yaml_errors] });
    return c.json(presentPipelineFully(world, pipeline));
  });
  api.get(`${ONE}/closes_issues`, (c) => {
    const { row } = openMergeRequest(world, c);
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
