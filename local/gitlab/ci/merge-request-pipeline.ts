import { mergeBase } from '../git/read-history.ts';
import { readBlob, ZERO_SHA } from '../git/read-objects.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { ciFileOf, NoPipelineError } from './create-pipeline.ts';

/** Only such words let a job into the pipeline of a merge request. */
const MAY_WANT_ONE = /\b(rules|only|include|workflow)\b/;

/** The pipeline of a merge request, with the jobs whose rules let them in; undefined when none do. */
export async function startMergeRequestPipeline(
  world: World,
  row: MergeRequest,
  user: User,
): Promise<Pipeline | undefined> {
  const project = world.db.projects.require(row.project_id);
  const repository = world.repositories.path(project);
  const sha = project.known_refs[`refs/heads/${row.source_branch}`] ?? row.sha;
  const file = await readBlob(repository, sha, ciFileOf(project));
  if (!file || !MAY_WANT_ONE.test(file.content.toString('utf8'))) return undefined;
  const target = project.known_refs[`refs/heads/${row.target_branch}`];
  const base = target && (await mergeBase(repository, target, sha));
  try {
    return await world.runner.create({
      project,
      userId: user.id,
      ref: `refs/merge-requests/${row.iid}/head`,
      tag: false,
      sha,
      source: 'merge_request_event',
      mergeRequest: { id: row.id, diff_base_sha: base || ZERO_SHA },
    });
  } catch (error) {
    if (error instanceof NoPipelineError) return undefined;
    throw error;
  }
}

/** The same, for whoever does not wait for it. */
export function beginMergeRequestPipeline(world: World, row: MergeRequest, user: User): void {
  startMergeRequestPipeline(world, row, user).catch((error: unknown) =>
    console.error(`the pipeline of merge request ${row.id} could not be made:`, error),
  );
}
