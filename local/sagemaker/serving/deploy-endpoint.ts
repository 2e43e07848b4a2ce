import { endpointChanged } from '../events/endpoint-events.ts';
import { containerOf, findModel } from '../resources/model.ts';
import { forgetTags, tagMap } from '../resources/tags.ts';
import type { DeployedVariant, Deployment, Endpoint, EndpointConfig } from '../state/records.ts';
import type { World } from '../world.ts';
import type { Fleet } from './hosting.ts';

const LONGEST_REASON = 1024;

/** What a config puts into service: every variant with its container, counts and weight, as they are now. */
export function deploymentOf(world: World, config: EndpointConfig): Deployment {
  const variants = config.ProductionVariants.map((variant): DeployedVariant => {
    const count = variant.InitialInstanceCount ?? 1;
    const weight = variant.InitialVariantWeight ?? 1;
    const container = containerOf(world, findModel(world, variant.ModelName ?? ''));
    return {
      variant,
      container,
      currentCount: count,
      desiredCount: count,
      currentWeight: weight,
      desiredWeight: weight,
    };
  });
  const capture = config.DataCaptureConfig;
  return { configName: config.EndpointConfigName, variants, ...(capture === undefined ? {} : { capture }) };
}

/** The instances that a deployment adds must fit the account's quotas. @throws ResourceLimitExceeded */
export function requireEndpointQuota(world: World, deployment: Deployment, before: DeployedVariant[]): void {
  const types = new Set(deployment.variants.map((each) => each.variant.InstanceType));
  for (const type of types) {
    const delta = countOf(deployment.variants, type) - countOf(before, type);
    const inUse = world.store.endpoints
      .all()
      .reduce((sum, endpoint) => sum + countOf(endpoint.live?.variants ?? [], type), 0);
    if (delta > 0) world.quotas.require(type, 'endpoint usage', delta, inUse);
  }
}

function countOf(variants: DeployedVariant[], type: string | undefined): number {
  return variants
    .filter((each) => each.variant.InstanceType === type)
    .reduce((sum, each) => sum + each.desiredCount, 0);
}

/** Brings up what is pending. A first deployment that fails leaves the endpoint Failed, a later one leaves it on its old config. */
export async function bringIntoService(world: World, name: string): Promise<void> {
  const pending = world.store.endpoints.get(name)?.pending;
  if (pending === undefined) return;
  let fleet: Fleet;
  try {
    world.faults.requireEndpointCapacity(pending.variants.map((each) => each.variant.InstanceType));
    fleet = await world.hosting.bringUp(name, pending);
  } catch (error) {
    if (!world.hosting.isClosing) failDeployment(world, name, error instanceof Error ? error.message : String(error));
    return;
  }
  const endpoint = world.store.endpoints.get(name);
  if (endpoint === undefined || world.hosting.isClosing) {
    world.hosting.takeDown(fleet);
    return;
  }
  const { pending: _done, failureReason: _former, ...kept } = endpoint;
  const { startedAt: _startedAt, ...live } = pending;
  world.hosting.serve(name, fleet);
  saveEndpoint(world, { ...kept, status: 'InService', live });
}

export async function endDeletion(world: World, name: string): Promise<void> {
  const endpoint = world.store.endpoints.get(name);
  if (endpoint === undefined) return;
  world.hosting.forget(name);
  await world.capture.flush();
  world.store.endpoints.delete(name);
  forgetTags(world, endpoint.arn);
}

/** State first, then the event. */
export function saveEndpoint(world: World, endpoint: Endpoint): void {
  const saved = world.store.endpoints.put(endpoint.name, { ...endpoint, modifiedAt: world.now() });
  world.events.send(endpointChanged(saved, tagMap(world, endpoint.arn), world.now()));
}

function failDeployment(world: World, name: string, reason: string): void {
  const endpoint = world.store.endpoints.get(name);
  if (endpoint === undefined) return;
  const { pending: _given, ...kept } = endpoint;
  const failureReason = reason.slice(0, LONGEST_REASON);
  saveEndpoint(world, { ...kept, status: endpoint.live === undefined ? 'Failed' : 'InService', failureReason });
}
