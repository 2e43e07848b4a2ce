import * as z from 'zod';
import { DEVELOPER, protectionOf } from '../access.ts';
import { createCommit, mergeTrees } from '../git/merge-branch.ts';
import { headOf, headPipeline, MergeError, mergeNow, mergeStatus } from '../merge-requests.ts';
import type { World } from '../world.ts';
import type { Api } from './api.ts';
import { requireCaller } from './api.ts';
import { ApiError, badRequest, unauthorized } from './api-error.ts';
import { ONE, openMergeRequest } from './open-merge-request.ts';
import { showMergeRequest } from './present-merge-request.ts';
import { flag, readParameters, text } from './read-parameters.ts';
import { tellOfRefs } from './tell-of-refs.ts';

/** Merging, now or when the pipeline succeeds. */
export function routeMerging(api: Api, world: World): void {
  const { mergeRequests } = world.db;
  api.put(`${ONE}/merge`, async (c) => {
    const { row, access } = openMergeRequest(world, c);
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
      return c.json(await showMergeRequest(world, waiting, user));
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
      return c.json(await showMergeRequest(world, merged, user));
    } catch (error) {
      if (error instanceof MergeError) throw new ApiError(422, { message: error.message });
      throw error;
    }
  });

  api.post(`${ONE}/cancel_merge_when_pipeline_succeeds`, async (c) => {
    const { row, user } = openMergeRequest(world, c, DEVELOPER);
    if (row.auto_merge_user_id === null) throw new ApiError(406, { message: "Can't cancel the automatic merge" });
    return c.json(await showMergeRequest(world, mergeRequests.update(row.id, { auto_merge_user_id: null }), user), 201);
  });

  api.get(`${ONE}/merge_ref`, async (c) => {
    const { row, project, repository } = openMergeRequest(world, c);
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
}
