import type { Run } from '../domain/run.ts';
import { cut } from '../domain/run-end.ts';
import { runPageOf } from '../domain/run-places.ts';
import type { CommitStatuses } from '../ports/gitlab.ts';

/** The longest description that GitLab takes. */
const LONGEST_DESCRIPTION = 255;

/** Shows at the commit how its run stands, with a link to the run's page. */
export async function setCommitStatus(
  statuses: CommitStatuses,
  run: Run,
  publicUrl: string,
  state: 'running' | 'success' | 'failed' | 'canceled',
  description: string,
): Promise<void> {
  await statuses.set(run.projectId, run.commit, {
    state,
    description: cut(description.replaceAll(/\s+/g, ' '), LONGEST_DESCRIPTION),
    targetUrl: runPageOf(publicUrl, run),
    ref: run.ref,
    pipelineId: run.pipelineId,
  });
}
