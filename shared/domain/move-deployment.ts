import * as z from 'zod';
import { Deployment, type LiveDeployment, type Release } from './deployment.ts';
import { ContractBroken, WriteConflict } from './faults.ts';

/** A deployment with the highest fence that has written it. */
export const FencedDeployment = z.object({ fence: z.number().int().min(0), deployment: Deployment });
export type FencedDeployment = z.infer<typeof FencedDeployment>;

type Pending = NonNullable<Deployment['pending']>;

/** @throws WriteConflict when another run was granted the lease meanwhile */
export function checkFence(record: FencedDeployment, fence: number): void {
  if (fence >= record.fence) return;
  const { model, environment } = record.deployment;
  throw new WriteConflict(
    `The lease on ${model} in ${environment} has passed to another run (fence ${record.fence}, ours is ${fence}). Acquire the lease again.`,
  );
}

/** The newest candidate that ever was live here; a rollback to an older one does not change which that is. */
export function newestOf({ live, rolledBack }: Pick<Deployment, 'live' | 'rolledBack'>): Release | undefined {
  if (rolledBack === undefined) return live;
  return live === undefined || rolledBack.sequence > live.sequence ? rolledBack : live;
}

/**
 * Records what the endpoint is about to be moved to. An older candidate never replaces a newer one, but by the rollback that a
 * person asked for, and then that one candidate alone; while the environment is held, no run begins to move it.
 */
export function preparePending(record: FencedDeployment, pending: Pending): FencedDeployment {
  checkFence(record, pending.fence);
  const { deployment } = record;
  if (pending.rollbackId === undefined) checkRollout(deployment, pending);
  else checkRollback(deployment, pending);
  return { fence: pending.fence, deployment: { ...deployment, pending } };
}

function checkRollout(deployment: Deployment, pending: Pending): void {
  const { model, environment, hold } = deployment;
  const newest = newestOf(deployment);
  if (newest !== undefined && newest.sequence > pending.sequence) {
    throw new WriteConflict(
      `A newer candidate of ${model} was live in ${environment} (sequence ${newest.sequence}, ours is ${pending.sequence}). An older one never replaces it.`,
    );
  }
  if (hold !== undefined && deployment.pending?.runId !== pending.runId)
    throw new WriteConflict(`${model} is held in ${environment}. Look at the hold.`);
}

function checkRollback({ model, environment, rollback }: Deployment, pending: Pending): void {
  const isAskedFor =
    rollback?.status === 'under-way' &&
    rollback.rollbackId === pending.rollbackId &&
    rollback.to.runId === pending.runId &&
    rollback.to.endpointConfigName === pending.endpointConfigName;
  if (isAskedFor) return;
  throw new WriteConflict(
    `The rollback ${pending.rollbackId} of ${model} in ${environment} is over, or was asked for to another version.`,
  );
}

type ConcludedDeployment = Omit<FencedDeployment, 'deployment'> & { deployment: LiveDeployment };

/**
 * What is pending of the run becomes `live`, `live` becomes `former`; where that came about before, nothing changes.
 * @throws ContractBroken when neither is of the run
 */
export function concludePending(record: FencedDeployment, fence: number, runId: string): ConcludedDeployment {
  checkFence(record, fence);
  const { pending, live, former, rolledBack: _rolledBack, ...identity } = record.deployment;
  if (pending?.runId === runId) {
    const { fence: _fence, move: _move, rollbackId: _rollbackId, ...release } = pending;
    const repeated = live?.runId === runId && live.endpointConfigName === release.endpointConfigName;
    const replaced = repeated ? former : live;
    return { fence, deployment: { ...identity, live: release, ...(replaced && { former: replaced }) } };
  }
  if (pending === undefined && isLive(record) && live?.runId === runId) return record;
  throw new ContractBroken(
    `Nothing of run ${runId} is pending in ${identity.environment}, so it can't be recorded as live. Retry the run.`,
  );
}

function isLive(record: FencedDeployment): record is ConcludedDeployment {
  return record.deployment.live !== undefined;
}

/** The endpoint stands on `live` again, or is gone. */
export function abandonPending(record: FencedDeployment, fence: number): FencedDeployment {
  checkFence(record, fence);
  const { pending: _pending, ...rest } = record.deployment;
  return { fence, deployment: rest };
}
