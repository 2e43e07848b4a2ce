import { recordPushes } from '../git/detect-pushes.ts';
import { headPipeline, MergeError, mergeNow, mergeStatus } from '../merge-requests.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { World } from '../world.ts';

/** Merge requests that were to be merged as soon as this pipeline succeeds. */
export async function mergeWhatWaited(world: World, pipeline: Pipeline): Promise<void> {
  const waiting = world.db.mergeRequests.filter(
    (row) => row.project_id === pipeline.project_id && row.state === 'opened' && row.sha === pipeline.sha,
  );
  for (const row of waiting) {
    const user = row.auto_merge_user_id === null ? undefined : world.db.users.get(row.auto_merge_user_id);
    try {
      if (!user || headPipeline(world, row)?.id !== pipeline.id || (await mergeStatus(world, row)) !== 'mergeable')
        continue;
      await mergeNow(world, row, user, {}, async (project, userId) => {
        const events = await recordPushes(world, world.db.projects.require(project.id), userId, []);
        if (events.length > 0) world.runner.takePushes();
      });
    } catch (error) {
      if (!(error instanceof MergeError)) throw error;
      world.db.mergeRequests.update(row.id, { auto_merge_user_id: null });
    }
  }
}
