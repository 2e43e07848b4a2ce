import type { Run } from './run.ts';

/** How many of the model's newest runs are looked at: hooks come late by minutes, not by twenty runs. */
export const NEWEST_RUNS = 20;

/**
 * The run of a younger pipeline of the same branch, where one was accepted already. GitLab counts pipelines upwards, and its hooks
 * may overtake each other: a run made of the older pipeline now would take the higher sequence number and supersede the newer one.
 * A retraining repeats an old pipeline on purpose, and is told from it by its origin.
 */
export function findNewerCandidate(
  candidate: Pick<Run, 'model' | 'ref' | 'pipelineId' | 'origin'>,
  newestRuns: readonly Run[],
): Run | undefined {
  if (candidate.origin !== undefined) return undefined;
  return newestRuns.find(
    ({ model, ref, pipelineId, status }) =>
      model === candidate.model && ref === candidate.ref && pipelineId > candidate.pipelineId && status !== 'refused',
  );
}
