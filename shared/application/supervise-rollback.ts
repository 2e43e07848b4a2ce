import type { Deployment } from '../domain/deployment.ts';
import { executionNameOf } from '../domain/names.ts';
import type { RollbackExecutions, Rollbacks } from '../ports/rollbacks.ts';
import { type CloseRollbackDeps, closeRollback } from './close-rollback.ts';

export type SuperviseRollbackDeps = CloseRollbackDeps & {
  rollbacks: Pick<Rollbacks, 'fail' | 'resume'>;
  rollbackExecutions: RollbackExecutions;
};

/** After so many attempts something is wrong that another attempt won't mend. */
const MOST_ATTEMPTS = 3;

/**
 * Makes sure that an execution works on a rollback that is under way: starts the one that is missing, replaces the one that was
 * lost by the same story again, and gives up where a person stopped it or nothing helps.
 */
export async function superviseRollback(deployment: Deployment, deps: SuperviseRollbackDeps): Promise<void> {
  const { model, environment, rollback } = deployment;
  if (rollback?.status !== 'under-way') return;
  const { rollbackId, attempt } = rollback;
  const start = (number: number) =>
    deps.rollbackExecutions.start(executionNameOf(rollbackId, number), {
      rollbackId,
      model,
      environment,
      attempt: number,
    });
  const status = await deps.rollbackExecutions.status(executionNameOf(rollbackId, attempt));
  if (status === 'RUNNING') return;
  if (status === undefined) return start(attempt);
  if (status === 'ABORTED' || attempt >= MOST_ATTEMPTS) {
    const reason =
      status === 'ABORTED'
        ? 'Somebody stopped the execution of the workflow by hand.'
        : `The execution of the workflow ended as ${status} in ${attempt} attempts: see its history.`;
    return closeRollback(deployment, rollback, { reasons: [reason], keepsPending: true }, deps);
  }
  await deps.rollbacks.resume(model, environment, rollbackId, attempt);
  await start(attempt + 1);
}
