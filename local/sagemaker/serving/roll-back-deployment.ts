import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../state/records.ts';
import type { World } from '../world.ts';
import { plannedVariants, settled } from './deploy-endpoint.ts';
import { batchOf, type DeploymentPlan, portionsOf } from './deployment-plan.ts';
import { saveEndpoint, saveProgress } from './save-endpoint.ts';

const LONGEST_REASON = 1024;
/** Between two batches that go back, so that each can be seen. */
const BETWEEN_BATCHES_MS = 300;

/**
 * The old fleet takes all traffic again, and the endpoint is InService on its old config with the reason. Meanwhile it stays
 * Updating, as the service documents it: RollingBack is for changes of weights and counts with auto scaling. An endpoint that
 * never served is Failed.
 */
export async function rollBack(world: World, name: string, plan: DeploymentPlan, why: string): Promise<void> {
  const failureReason = why.slice(0, LONGEST_REASON);
  const endpoint = begin(world, name, failureReason);
  if (endpoint === undefined) return;
  const { pending, ...kept } = endpoint;
  if (kept.live === undefined) {
    world.hosting.forget(name);
    saveEndpoint(world, { ...kept, status: 'Failed', failureReason });
    return;
  }
  if (plan.rolling) {
    if (pending !== undefined && plan.rollbackSize !== undefined) await goBackInBatches(world, endpoint, plan);
    if (!(await world.hosting.isUp(name))) {
      const status = 'UpdateRollbackFailed';
      const both = `${failureReason} The rollback failed too: the instances with the endpoint configuration ${kept.live.configName} do not come up.`;
      if (!world.hosting.isClosing) saveEndpoint(world, { ...kept, status, failureReason: both });
      return;
    }
  }
  if (world.hosting.isClosing) return;
  world.hosting.withdraw(name);
  saveEndpoint(world, { ...kept, status: 'InService', live: settled(kept.live), failureReason });
}

/** For a deployment that neither went on nor back: the old fleet serves on, if there is one. */
export function endAsFailed(world: World, name: string, error: unknown): void {
  const endpoint = world.store.endpoints.get(name);
  if (endpoint?.pending === undefined || world.hosting.isClosing) return;
  const { pending: _pending, ...kept } = endpoint;
  const failureReason = `The deployment ended with an internal error: ${String(error)}`.slice(0, LONGEST_REASON);
  if (kept.live === undefined) {
    world.hosting.forget(name);
    saveEndpoint(world, { ...kept, status: 'Failed', failureReason });
    return;
  }
  world.hosting.withdraw(name);
  saveEndpoint(world, { ...kept, status: 'InService', live: settled(kept.live), failureReason });
}

/** From here on the deployment only goes back, also in a server that is started again. */
function begin(world: World, name: string, rollbackReason: string): Endpoint | undefined {
  const endpoint = world.store.endpoints.get(name);
  if (endpoint?.pending === undefined || endpoint.live === undefined) return endpoint;
  const startedAt = world.now();
  const variants = endpoint.pending.variants.map((each) => {
    const message = `Terminating ${each.currentCount || each.desiredCount} instance(s).`;
    return { ...each, stage: { status: 'Deleting' as const, message, startedAt } };
  });
  const pending = { ...endpoint.pending, variants, rollbackReason };
  saveProgress(world, { ...endpoint, pending });
  return { ...endpoint, pending };
}

async function goBackInBatches(world: World, endpoint: Endpoint, { rollbackSize }: DeploymentPlan): Promise<void> {
  const { pending, live } = endpoint;
  if (pending === undefined || live === undefined || rollbackSize === undefined) return;
  const planned = plannedVariants(pending);
  const size = batchOf(rollbackSize, planned);
  for (let times = 1; ; times += 1) {
    const back = portionsOf(size, times, planned);
    const variants = pending.variants.map((each) => {
      const returned = back.get(each.variant.VariantName)?.instances ?? each.desiredCount;
      return { ...each, currentCount: Math.max(0, each.currentCount - returned) };
    });
    if (variants.every(({ currentCount }) => currentCount === 0)) return;
    const left = new Map(variants.map((each) => [each.variant.VariantName, each.currentCount / each.desiredCount]));
    world.hosting.reshape(endpoint.name, (variant) => left.get(variant) ?? 0);
    saveProgress(world, { ...endpoint, pending: { ...pending, variants } });
    await sleep(BETWEEN_BATCHES_MS, undefined, { ref: false });
    if (world.hosting.isClosing) return;
  }
}
