import { setTimeout as sleep } from 'node:timers/promises';
import type { DeployedVariant, Endpoint, PendingDeployment } from '../state/records.ts';
import type { World } from '../world.ts';
import { plannedVariants, settled } from './deploy-endpoint.ts';
import { type DeploymentPlan, type DeploymentStep, planDeployment } from './deployment-plan.ts';
import type { Fleet } from './hosting.ts';
import { inBackground } from './in-background.ts';
import { requireFleetUp } from './require-fleet-up.ts';
import { endAsFailed, rollBack } from './roll-back-deployment.ts';
import { saveEndpoint, saveProgress } from './save-endpoint.ts';
import { DeploymentWatch, ServerEnding } from './watch-deployment.ts';

/** A deployment that fails at once is Creating or Updating for so long, as clients expect to see it. */
const SEEN_FOR_MS = 300;

/** As below, in the background. A deployment that can't even be rolled back has failed. */
export function startDeployment(world: World, name: string): void {
  inBackground(
    world,
    `The deployment of the endpoint ${name}`,
    () => bringIntoService(world, name),
    (error) => endAsFailed(world, name, error),
  );
}

/**
 * Brings up what is pending, and lets traffic go over to it as its config says. A first deployment that fails leaves the endpoint
 * Failed, a later one ends on the old config. A server that starts again begins with the first step.
 */
async function bringIntoService(world: World, name: string): Promise<void> {
  const endpoint = world.store.endpoints.get(name);
  if (endpoint?.pending === undefined) return;
  const { pending } = endpoint;
  const plan = planFor(endpoint, pending);
  if (pending.rollbackReason !== undefined) {
    await rollBack(world, name, plan, pending.rollbackReason);
    return;
  }
  try {
    await deploy(world, name, plan, pending);
  } catch (error) {
    const seenMs = world.now().getTime() - pending.startedAt.getTime();
    await sleep(Math.max(0, SEEN_FOR_MS - seenMs), undefined, { ref: false });
    if (error instanceof ServerEnding || world.hosting.isClosing) return;
    await rollBack(world, name, plan, error instanceof Error ? error.message : String(error));
  }
}

/** There is nothing to go over from in a first deployment: its config is for later ones. */
function planFor(endpoint: Endpoint, pending: PendingDeployment): DeploymentPlan {
  const types = pending.variants.map(({ variant }) => variant.InstanceType);
  return planDeployment(endpoint.live && pending.config, plannedVariants(pending), types);
}

async function deploy(world: World, name: string, plan: DeploymentPlan, pending: PendingDeployment): Promise<void> {
  const watch = new DeploymentWatch(world, plan);
  const launchedAt = performance.now();
  world.faults.requireEndpointCapacity(pending.variants.map((each) => each.variant.InstanceType));
  const fleet = await world.hosting.bringUp(name, pending);
  if (world.store.endpoints.get(name)?.live !== undefined) {
    world.hosting.shift(name, fleet, () => 0);
    watch.launched(launchedAt);
    await watch.requireQuiet();
    for (const step of plan.steps) await carryOut(world, name, plan, step, fleet, watch);
  }
  await requireFleetUp(fleet.variants);
  if (world.hosting.isClosing) throw new ServerEnding('The server is ending.');
  const endpoint = world.store.endpoints.get(name);
  if (endpoint === undefined) return;
  const { pending: _done, failureReason: _former, ...kept } = endpoint;
  world.hosting.serve(name, fleet);
  saveEndpoint(world, { ...kept, status: 'InService', live: settled(pending) });
}

async function carryOut(
  world: World,
  name: string,
  plan: DeploymentPlan,
  step: DeploymentStep,
  fleet: Fleet,
  watch: DeploymentWatch,
): Promise<void> {
  const show = (status: 'ActivatingTraffic' | 'Baking', tell: (instances: number) => string) =>
    showProgress(world, name, (deployed) => {
      const instances = step.portions.get(deployed.variant.VariantName)?.instances ?? deployed.desiredCount;
      const stage = { status, message: tell(instances), startedAt: world.now() };
      return { ...deployed, currentCount: instances, currentWeight: deployed.desiredWeight, stage };
    });
  show('ActivatingTraffic', (count) => `Activating traffic on ${step.capacity} capacity of ${count} instance(s).`);
  world.hosting.shift(name, fleet, (variant) => step.portions.get(variant)?.share ?? 0);
  if (step.bakeSeconds > 0) {
    const length = `${step.bakeSeconds} seconds (${step.bakeOf})`;
    show(
      'Baking',
      (count) => `Baking for ${length} with traffic enabled on ${step.capacity} capacity of ${count} instance(s).`,
    );
  }
  await watch.bake(step);
  await requireFleetUp(fleet.variants);
  if (plan.rolling) retireOldInstances(world, name, step);
}

/** A rolling deployment gives the old instances back as soon as the new ones have baked. */
function retireOldInstances(world: World, name: string, step: DeploymentStep): void {
  const endpoint = world.store.endpoints.get(name);
  if (endpoint?.live === undefined) return;
  const variants = endpoint.live.variants.map((each) => {
    const gone = step.portions.get(each.variant.VariantName)?.instances ?? 0;
    return { ...each, currentCount: Math.max(0, each.desiredCount - gone) };
  });
  saveProgress(world, { ...endpoint, live: { ...endpoint.live, variants } });
}

function showProgress(world: World, name: string, change: (deployed: DeployedVariant) => DeployedVariant): void {
  const endpoint = world.store.endpoints.get(name);
  if (endpoint?.pending === undefined) return;
  const variants = endpoint.pending.variants.map(change);
  saveProgress(world, { ...endpoint, pending: { ...endpoint.pending, variants } });
}
