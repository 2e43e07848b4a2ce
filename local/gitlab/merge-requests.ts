import { isProtectedBranch } from './access.ts';
import { beginMergeRequestPipeline } from './ci/merge-request-pipeline.ts';
import { closeIssues } from './close-issues.ts';
import { createCommit, mergeTrees, moveRef } from './git/merge-branch.ts';
import { isAncestor, listCommits, mergeBase } from './git/read-history.ts';
import { GitError, gitText, runGit } from './git/run-git.ts';
import { isDraft, type MergeRequestAction, mergeRequestPayload } from './hooks/payload-merge-request.ts';
import { readHookCommit } from './hooks/payload-parts.ts';
import { addSystemNote } from './notes.ts';
import type { MergeRequest } from './rows/merge-requests.ts';
import type { Pipeline } from './rows/pipelines.ts';
import type { Project } from './rows/projects.ts';
import type { User } from './rows/users.ts';
import type { World } from './world.ts';

const HEADS = 'refs/heads/';

/** Where the source branch stands; of one that is not open any more, where it stood at the end. */
export function headOf(world: Pick<World, 'db'>, row: MergeRequest): string {
  const { known_refs } = world.db.projects.require(row.project_id);
  return row.state === 'opened' ? (known_refs[`${HEADS}${row.source_branch}`] ?? row.sha) : row.sha;
}

export function headPipeline(world: Pick<World, 'db'>, row: MergeRequest): Pipeline | undefined {
  const sha = headOf(world, row);
  return world.db.pipelines
    .filter((one) => one.project_id === row.project_id && one.sha === sha && !one.tag)
    .sort((a, b) => b.id - a.id)[0];
}

export function tellOfMergeRequest(
  world: World,
  row: MergeRequest,
  actor: User,
  action: MergeRequestAction,
  more: { before?: MergeRequest; oldrev?: string } = {},
): void {
  const project = world.db.projects.require(row.project_id);
  void readHookCommit(world, project, headOf(world, row)).then((lastCommit) =>
    world.deliveries.announce(project.id, 'merge_requests_events', () =>
      mergeRequestPayload(world, row, actor, { action, ...more, lastCommit: lastCommit ?? undefined }),
    ),
  );
}

export const settingOf = (project: Project, name: string): unknown => project.settings[name];

/** Why a merge request can't be merged now, in the word of `detailed_merge_status`; `mergeable` when it can. */
export async function mergeStatus(world: World, row: MergeRequest): Promise<string> {
  if (row.state !== 'opened') return 'not_open';
  const project = world.db.projects.require(row.project_id);
  if (isDraft(row.title)) return 'draft_status';
  if (settingOf(project, 'only_allow_merge_if_pipeline_succeeds') === true) {
    const pipeline = headPipeline(world, row);
    const skipped = pipeline?.status === 'skipped' && settingOf(project, 'allow_merge_on_skipped_pipeline') === true;
    if (!skipped && pipeline?.status !== 'success') {
      const open = pipeline && !['failed', 'canceled', 'skipped'].includes(pipeline.status);
      return open ? 'ci_still_running' : 'ci_must_pass';
    }
  }
  const source = project.known_refs[`${HEADS}${row.source_branch}`];
  const target = project.known_refs[`${HEADS}${row.target_branch}`];
  if (!source || !target) return 'broken_status';
  const repository = world.repositories.path(project);
  const ahead = await isAncestor(repository, target, source);
  if (settingOf(project, 'merge_method') === 'ff' && !ahead) return 'need_rebase';
  if (!ahead && (await mergeTrees(repository, target, source)) === undefined) return 'conflict';
  return 'mergeable';
}

export interface MergeWishes {
  merge_commit_message?: string | undefined;
  squash_commit_message?: string | undefined;
  should_remove_source_branch?: boolean | undefined;
  squash?: boolean | undefined;
}

/** Why a merge did not come about. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

/** A real commit on the target branch, which then counts as a push of the person who merged. */
export async function mergeNow(
  world: World,
  row: MergeRequest,
  user: User,
  wishes: MergeWishes,
  tellOfRefs: (project: Project, userId: number) => Promise<void>,
): Promise<MergeRequest> {
  const project = world.db.projects.require(row.project_id);
  const repository = world.repositories.path(project);
  const source = project.known_refs[`${HEADS}${row.source_branch}`] ?? row.sha;
  const target = project.known_refs[`${HEADS}${row.target_branch}`] ?? row.sha;
  const commits = await listCommits(repository, `${target}..${source}`);
  const squash = wishes.squash ?? row.squash;
  const fastForward = settingOf(project, 'merge_method') === 'ff';
  const base = (await mergeBase(repository, target, source)) ?? target;
  const squashed =
    squash && commits.length > 1
      ? await createCommit(repository, {
          tree: (await gitText(repository, ['rev-parse', `${source}^{tree}`])).trim(),
          parents: [fastForward ? target : base],
          message: wishes.squash_commit_message ?? row.title,
          author: user,
          at: world.now(),
        })
      : undefined;
  const head = squashed ?? source;
  let commit = head;
  if (!fastForward) {
    const tree = await mergeTrees(repository, target, head);
    if (!tree) throw new MergeError('Branch cannot be merged');
    commit = await createCommit(repository, {
      tree,
      parents: [target, head],
      message:
        wishes.merge_commit_message ??
        `Merge branch '${row.source_branch}' into '${row.target_branch}'\n\n${row.title}\n\nSee merge request ${project.path_with_namespace}!${row.iid}\n`,
      author: user,
      at: world.now(),
    });
  }
  try {
    await moveRef(repository, `${HEADS}${row.target_branch}`, commit, target);
  } catch (error) {
    if (error instanceof GitError) throw new MergeError('The target branch moved; try the merge again');
    throw error;
  }
  const time = world.now().toISOString();
  const merged = world.db.mergeRequests.update(row.id, {
    state: 'merged',
    sha: source,
    squash,
    auto_merge_user_id: null,
    merge_user_id: user.id,
    merged_at: time,
    updated_at: time,
    merge_commit_sha: fastForward ? null : commit,
    squash_commit_sha: squashed ?? null,
    commit_shas: commits.map((found) => found.id),
  });
  addSystemNote(world, 'MergeRequest', merged, user, 'merged');
  const remove = wishes.should_remove_source_branch ?? row.force_remove_source_branch;
  const kept =
    row.source_branch === project.default_branch || isProtectedBranch(world.db, project.id, row.source_branch);
  if (remove && !kept) await runGit(repository, ['update-ref', '-d', `${HEADS}${row.source_branch}`, source]);
  tellOfMergeRequest(world, merged, user, 'merge', { before: row });
  if (row.target_branch === project.default_branch) {
    const told = [row.title, row.description ?? '', ...commits.map((found) => found.message)].join('\n');
    closeIssues(world, project, user, told, `merge request !${row.iid}`);
  }
  await tellOfRefs(project, user.id);
  return merged;
}

/** What a push means for open merge requests: new commits in a source branch, or commits that reached the target. */
export async function followPush(
  world: World,
  project: Project,
  user: User,
  branch: string,
  before: string,
  after: string,
) {
  const repository = world.repositories.path(project);
  if (branch === project.default_branch) {
    for (const commit of await listCommits(repository, `${before}..${after}`, { limit: 100 }))
      closeIssues(world, project, user, commit.message, `commit ${commit.id}`);
  }
  const open = world.db.mergeRequests.filter((row) => row.project_id === project.id && row.state === 'opened');
  for (const row of open.filter((one) => one.source_branch === branch)) {
    const changed = world.db.mergeRequests.update(row.id, {
      sha: after,
      updated_at: world.now().toISOString(),
      auto_merge_user_id: null,
      merge_error: null,
    });
    addSystemNote(world, 'MergeRequest', changed, user, 'added commits');
    tellOfMergeRequest(world, changed, user, 'update', { oldrev: before });
    beginMergeRequestPipeline(world, changed, user);
  }
  for (const row of open.filter((one) => one.target_branch === branch && one.source_branch !== branch)) {
    const source = headOf(world, row);
    if (world.db.mergeRequests.get(row.id)?.state !== 'opened') continue;
    if ((await isAncestor(repository, source, before)) || !(await isAncestor(repository, source, after))) continue;
    const time = world.now().toISOString();
    const merged = world.db.mergeRequests.update(row.id, {
      state: 'merged',
      sha: source,
      merge_user_id: user.id,
      merged_at: time,
      updated_at: time,
    });
    addSystemNote(world, 'MergeRequest', merged, user, 'merged manually');
    tellOfMergeRequest(world, merged, user, 'merge', { before: row });
  }
}
