import * as z from 'zod';
import { Deployment, type Release } from './deployment.ts';
import { WriteConflict } from './faults.ts';

/** A deployment with the highest fence that has written it. */
export const FencedDeployment = z.object({ fence: z.number().int().min(0), deployment: Deployment });
export type FencedDeployment = z.infer<typeof FencedDeployment>;

type Pending = NonNullable<Deployment['pending']>;

/** @throws WriteConflict when another run was granted the lease meanwhile */
function checkFence(record: FencedDeployment, fence: number): void {
  if (fence >= record.fence) return;
  const { model, environment } = record.deployment;
  throw new WriteConflict(
    `The lease on ${model} in ${environment} has passed to another run (fence ${record.fence}, ours is ${fence}). Acquire the lease again.`,
  );
}

/** Records what the endpoint is about to be moved to. */
export function preparePending(record: FencedDeployment, pending: Pending): FencedDeployment {
  checkFence(record, pending.fence);
  const { live, model, environment } = record.deployment;
  if (live !== undefined && live.sequence > pending.sequence) {
    throw new WriteConflict(
      `A newer candidate of ${model} is live in ${environment} (sequence ${live.sequence}, ours is ${pending.sequence}). An older one never replaces it.`,
    );
  }
  return { fence: pending.fence, deployment: { ...record.deployment, pending } };
}

/** `pending` becomes `live`, `live` becomes `former`; a repetition changes nothing. */
export function concludePending(record: FencedDeployment, fence: number, release: Release): FencedDeployment {
  checkFence(record, fence);
  const { pending: _pending, live, former, ...identity } = record.deployment;
  const repeated = live?.runId === release.runId && live.endpointConfigName === release.endpointConfigName;
  const replaced = repeated ? former : live;
  return { fence, deployment: { ...identity, live: release, ...(replaced && { former: replaced }) } };
}

/** The endpoint stands on `live` again, or is gone. */
export function abandonPending(record: FencedDeployment, fence: number): FencedDeployment {
  checkFence(record, fence);
  const { pending: _pending, ...rest } = record.deployment;
  return { fence, deployment: rest };
}
