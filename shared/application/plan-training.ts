import type { Champion, Run } from '../domain/run.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Runs } from '../ports/runs.ts';

export type PlanTrainingDeps = {
  deployments: Pick<Deployments, 'find'>;
  runs: Pick<Runs, 'update'>;
  now: () => string;
};

/**
 * Chooses what this training is compared with, and keeps the choice before SageMaker is asked: a start that is repeated after a
 * crash carries the same token, and so must carry the same parameters, whatever went live meanwhile.
 */
export async function planTraining(run: Run, number: number, deps: PlanTrainingDeps): Promise<Run> {
  if (run.plannedTraining === number) return run;
  const champion = await championOf(run, deps);
  const changes = { status: 'training' as const, plannedTraining: number, ...(champion && { champion }) };
  return deps.runs.update(run.runId, changes, deps.now());
}

/** What is live in the last environment is what the candidate is compared with. */
async function championOf(run: Run, { deployments }: PlanTrainingDeps): Promise<Champion | undefined> {
  const last = run.environments.at(-1);
  const live = last === undefined ? undefined : (await deployments.find(run.model, last))?.live;
  if (live === undefined) return undefined;
  const { runId, version, modelPackageArn, artifactSha256, artifactUri } = live;
  return { runId, version, modelPackageArn, artifactSha256, artifactUri };
}
