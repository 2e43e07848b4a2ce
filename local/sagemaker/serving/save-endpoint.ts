import { endpointChanged, endpointDeploymentChanged } from '../events/endpoint-events.ts';
import { tagMap } from '../resources/tags.ts';
import type { Endpoint } from '../state/records.ts';
import type { World } from '../world.ts';

/** State first, then the event. */
export function saveEndpoint(world: World, endpoint: Endpoint): void {
  const saved = world.store.endpoints.put(endpoint.name, { ...endpoint, modifiedAt: world.now() });
  world.events.send(endpointChanged(saved, tagMap(world, endpoint.arn), world.now()));
}

/** For a change within an update, which leaves the endpoint's status as it is. */
export function saveProgress(world: World, endpoint: Endpoint): void {
  const saved = world.store.endpoints.put(endpoint.name, { ...endpoint, modifiedAt: world.now() });
  world.events.send(endpointDeploymentChanged(saved, tagMap(world, endpoint.arn), world.now()));
}
