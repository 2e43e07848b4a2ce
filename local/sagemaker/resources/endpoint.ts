import type {
  CreateEndpointInput,
  DeleteEndpointInput,
  DescribeEndpointInput,
  DescribeEndpointOutput,
  ListEndpointsInput,
  ListEndpointsOutput,
  UpdateEndpointInput,
  UpdateEndpointWeightsAndCapacitiesInput,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { createdFrom, page, select } from '../api/paging.ts';
import { ValidationException } from '../errors.ts';
import { requireDeployable, requireSameVariants } from '../serving/check-deployment-config.ts';
import { deploymentOf, pendingOf, plannedVariants, requireEndpointQuota, settled } from '../serving/deploy-endpoint.ts';
import { describedEndpoint } from '../serving/describe-endpoint.ts';
import { inBackground } from '../serving/in-background.ts';
import { startDeployment } from '../serving/run-deployment.ts';
import { saveEndpoint, saveProgress } from '../serving/save-endpoint.ts';
import type { DeployedVariant, Deployment, Endpoint } from '../state/records.ts';
import type { World } from '../world.ts';
import { findEndpointConfig } from './endpoint-config.ts';
import { forgetTags, setTags } from './tags.ts';

/** How long a change of weights or counts takes, so that `Updating` can be seen. */
const RESCALING_MS = 300;
/** The service's own default for this list. */
const ENDPOINTS_A_PAGE = 10;
const IN_PROGRESS = ['Creating', 'Updating', 'SystemUpdating', 'Deleting'];

export function createEndpoint(world: World, request: Checked<CreateEndpointInput>): { EndpointArn: string } {
  const arn = world.arns.of('endpoint', request.EndpointName);
  if (isTaken(world, request.EndpointName)) {
    throw new ValidationException(`Cannot create already existing endpoint "${arn}".`);
  }
  const config = findEndpointConfig(world, request.EndpointConfigName);
  const deployment = deploymentOf(world, config);
  if (request.DeploymentConfig !== undefined) requireDeployable(request.DeploymentConfig, plannedVariants(deployment));
  requireEndpointQuota(world, deployment, []);
  const at = world.now();
  setTags(world, arn, request.Tags);
  saveEndpoint(world, {
    name: request.EndpointName,
    arn,
    status: 'Creating',
    createdAt: at,
    modifiedAt: at,
    pending: pendingOf(deployment, at),
    firstConfigName: config.EndpointConfigName,
    ...(request.DeploymentConfig === undefined ? {} : { lastDeploymentConfig: request.DeploymentConfig }),
  });
  startDeployment(world, request.EndpointName);
  return { EndpointArn: arn };
}

/** The new fleet comes up beside the old one and takes over as the deployment config says, or the endpoint stays on its old config. */
export function updateEndpoint(world: World, request: Checked<UpdateEndpointInput>): { EndpointArn: string } {
  const endpoint = findEndpoint(world, request.EndpointName);
  const live = requireUpdatable(endpoint);
  const config = findEndpointConfig(world, request.EndpointConfigName);
  if (config.EndpointConfigName === live.configName && endpoint.status !== 'UpdateRollbackFailed') {
    throw new ValidationException(
      `Cannot update endpoint with the currently in use endpoint configuration "${live.configName}".`,
    );
  }
  const deployment = deploymentOf(world, config);
  if (request.RetainAllVariantProperties) {
    const excluded = (request.ExcludeRetainedVariantProperties ?? []).map((property) => property.VariantPropertyType);
    deployment.variants = deployment.variants.map((variant) => retained(variant, live.variants, excluded));
  }
  const how = request.DeploymentConfig ?? (request.RetainDeploymentConfig ? endpoint.lastDeploymentConfig : undefined);
  if (how !== undefined) {
    requireSameVariants(variantNames(live), variantNames(deployment));
    requireDeployable(how, plannedVariants(deployment));
  }
  requireEndpointQuota(world, deployment, live.variants);
  const { failureReason: _former, ...kept } = endpoint;
  saveEndpoint(world, {
    ...kept,
    status: 'Updating',
    live: settled(live),
    pending: pendingOf(deployment, world.now(), how),
    ...(how === undefined ? {} : { lastDeploymentConfig: how }),
  });
  startDeployment(world, endpoint.name);
  return { EndpointArn: endpoint.arn };
}

export function updateEndpointWeightsAndCapacities(
  world: World,
  request: Checked<UpdateEndpointWeightsAndCapacitiesInput>,
): { EndpointArn: string } {
  const endpoint = findEndpoint(world, request.EndpointName);
  const live = requireUpdatable(endpoint);
  const wishes = new Map(request.DesiredWeightsAndCapacities.map((wish) => [wish.VariantName, wish]));
  for (const name of wishes.keys()) {
    if (!live.variants.some((each) => each.variant.VariantName === name)) {
      throw new ValidationException(`Could not find variant "${name}" in endpoint "${endpoint.arn}".`);
    }
  }
  const empty = request.DesiredWeightsAndCapacities.find(({ DesiredInstanceCount }) => DesiredInstanceCount === 0);
  if (empty !== undefined)
    throw new ValidationException(`DesiredInstanceCount of variant "${empty.VariantName}" must be at least 1.`);
  const startedAt = world.now();
  const variants = live.variants.map((each): DeployedVariant => {
    const wish = wishes.get(each.variant.VariantName);
    const desiredCount = wish?.DesiredInstanceCount ?? each.desiredCount;
    const desiredWeight = wish?.DesiredWeight ?? each.desiredWeight;
    const changed = { ...each, desiredCount, desiredWeight };
    if (desiredCount === each.currentCount) return changed;
    const message = `Scaling ${desiredCount > each.currentCount ? 'out' : 'in'} desired instance count to ${desiredCount}.`;
    return { ...changed, stage: { status: 'Updating', message, startedAt } };
  });
  requireEndpointQuota(world, { ...live, variants }, live.variants);
  const rescaled: Endpoint = { ...endpoint, status: 'Updating', live: { ...live, variants } };
  saveEndpoint(world, rescaled);
  if (variants.some(({ stage }) => stage !== undefined)) saveProgress(world, rescaled);
  setTimeout(
    () => inBackground(world, `The change of the endpoint ${endpoint.name}`, () => endRescaling(world, endpoint.name)),
    RESCALING_MS,
  );
  return { EndpointArn: endpoint.arn };
}

export function describeEndpoint(world: World, request: Checked<DescribeEndpointInput>): DescribeEndpointOutput {
  return describedEndpoint(findEndpoint(world, request.EndpointName));
}

export function deleteEndpoint(world: World, request: Checked<DeleteEndpointInput>): Record<string, never> {
  const endpoint = findEndpoint(world, request.EndpointName);
  if (IN_PROGRESS.includes(endpoint.status)) throw inProgress(endpoint);
  saveEndpoint(world, { ...endpoint, status: 'Deleting' });
  startDeletion(world, endpoint.name);
  return {};
}

export function listEndpoints(world: World, request: Checked<ListEndpointsInput>): Checked<ListEndpointsOutput> {
  const endpoints = select(
    world.store.endpoints.all(),
    (endpoint) => ({
      name: endpoint.name,
      created: endpoint.createdAt,
      modified: endpoint.modifiedAt,
      status: endpoint.status,
    }),
    createdFrom(request),
    'Descending',
  );
  const { items, ...next } = page(endpoints, request, ENDPOINTS_A_PAGE);
  return {
    Endpoints: items.map((endpoint) => ({
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      CreationTime: endpoint.createdAt,
      LastModifiedTime: endpoint.modifiedAt,
      EndpointStatus: endpoint.status,
    })),
    ...next,
  };
}

/** Takes up what a former run of the server left: workers come back, deployments under way go on. */
export function resumeEndpoints(world: World): void {
  for (const endpoint of world.store.endpoints.all()) {
    if (endpoint.live !== undefined && endpoint.status !== 'Deleting')
      world.hosting.comeBack(endpoint.name, endpoint.live);
    if (endpoint.status === 'Deleting') startDeletion(world, endpoint.name);
    else if (endpoint.pending !== undefined) startDeployment(world, endpoint.name);
    else if (endpoint.status === 'Updating') endRescaling(world, endpoint.name);
  }
}

function endRescaling(world: World, name: string): void {
  const endpoint = world.store.endpoints.get(name);
  if (endpoint?.live === undefined || endpoint.status !== 'Updating') return;
  saveEndpoint(world, { ...endpoint, status: 'InService', live: settled(endpoint.live) });
}

function startDeletion(world: World, name: string): void {
  inBackground(world, `The deletion of the endpoint ${name}`, () => endDeletion(world, name));
}

async function endDeletion(world: World, name: string): Promise<void> {
  const endpoint = world.store.endpoints.get(name);
  if (endpoint === undefined) return;
  world.hosting.forget(name);
  await world.capture.flush();
  world.store.endpoints.delete(name);
  forgetTags(world, endpoint.arn);
}

/** Names of endpoints keep their case, and differ in more than case. */
function isTaken(world: World, name: string): boolean {
  const lowerCase = name.toLowerCase();
  return world.store.endpoints.all().some((endpoint) => endpoint.name.toLowerCase() === lowerCase);
}

function findEndpoint(world: World, name: string): Endpoint {
  const endpoint = world.store.endpoints.get(name);
  if (endpoint === undefined)
    throw new ValidationException(`Could not find endpoint "${world.arns.of('endpoint', name)}".`);
  return endpoint;
}

function requireUpdatable(endpoint: Endpoint): NonNullable<Endpoint['live']> {
  if (IN_PROGRESS.includes(endpoint.status)) throw inProgress(endpoint);
  if (endpoint.live === undefined) {
    throw new ValidationException(
      `Cannot update endpoint "${endpoint.arn}" in status ${endpoint.status}: it can only be deleted.`,
    );
  }
  return endpoint.live;
}

function inProgress(endpoint: Endpoint): ValidationException {
  return new ValidationException(`Cannot update in-progress endpoint "${endpoint.arn}".`);
}

const variantNames = ({ variants }: Deployment): string[] => variants.map(({ variant }) => variant.VariantName);

/** Counts and weights that a live variant of the same name has, unless excluded. */
function retained(
  variant: DeployedVariant,
  live: DeployedVariant[],
  excluded: (string | undefined)[],
): DeployedVariant {
  const before = live.find((each) => each.variant.VariantName === variant.variant.VariantName);
  if (before === undefined) return variant;
  const count = excluded.includes('DesiredInstanceCount') ? variant.desiredCount : before.desiredCount;
  const weight = excluded.includes('DesiredWeight') ? variant.desiredWeight : before.desiredWeight;
  return { ...variant, currentCount: count, desiredCount: count, currentWeight: weight, desiredWeight: weight };
}
