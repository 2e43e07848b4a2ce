import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { findModel } from '../resources/model.ts';
import { containersOf } from '../resources/model-containers.ts';
import type { DeployedVariant, Deployment, Endpoint, EndpointConfig, PendingDeployment } from '../state/records.ts';
import type { World } from '../world.ts';
import type { PlannedVariant } from './deployment-plan.ts';

/** What a config puts into service: every variant with its container, counts and weight, as they are now. */
export function deploymentOf(world: World, config: EndpointConfig): Deployment {
  const variants = config.ProductionVariants.map((variant): DeployedVariant => {
    const count = variant.InitialInstanceCount ?? 1;
    const weight = variant.InitialVariantWeight ?? 1;
    const { container, further } = containersOf(world, findModel(world, variant.ModelName ?? ''));
    return {
      variant,
      container,
      ...(further.length === 0 ? {} : { further }),
      currentCount: count,
      desiredCount: count,
      currentWeight: weight,
      desiredWeight: weight,
    };
  });
  const capture = config.DataCaptureConfig;
  return { configName: config.EndpointConfigName, variants, ...(capture === undefined ? {} : { capture }) };
}

/** A deployment of which nothing is there yet. */
export function pendingOf(
  deployment: Deployment,
  startedAt: Date,
  config?: Checked<DeploymentConfig>,
): PendingDeployment {
  const variants = deployment.variants.map((each): DeployedVariant => {
    const message = `Launching ${each.desiredCount} instance(s).`;
    return { ...each, currentCount: 0, currentWeight: 0, stage: { status: 'Creating', message, startedAt } };
  });
  return { ...deployment, variants, deployedAt: startedAt, startedAt, ...(config === undefined ? {} : { config }) };
}

/** A deployment that has become what was desired, with nothing under way. */
export function settled({ configName, deployedAt, variants, capture }: Deployment): Deployment {
  return {
    configName,
    ...(deployedAt === undefined ? {} : { deployedAt }),
    variants: variants.map(({ stage: _over, ...each }) => ({
      ...each,
      currentCount: each.desiredCount,
      currentWeight: each.desiredWeight,
    })),
    ...(capture === undefined ? {} : { capture }),
  };
}

export function plannedVariants({ variants }: Deployment): PlannedVariant[] {
  return variants.map(({ variant, desiredCount }) => ({ name: variant.VariantName, instances: desiredCount }));
}

/** The instances that a deployment adds must fit the account's quotas. @throws ResourceLimitExceeded */
export function requireEndpointQuota(
  world: Pick<World, 'store' | 'quotas'>,
  deployment: Deployment,
  before: DeployedVariant[],
): void {
  const types = new Set(deployment.variants.map((each) => each.variant.InstanceType));
  for (const type of types) {
    const delta = countOf(deployment.variants, type) - countOf(before, type);
    const inUse = world.store.endpoints.all().reduce((sum, endpoint) => sum + takenBy(endpoint, type), 0);
    if (delta > 0) world.quotas.require(type, 'endpoint usage', delta, inUse);
  }
}

/** What it is becoming counts from the start, what it was until the end. */
function takenBy({ live, pending }: Endpoint, type: string | undefined): number {
  return Math.max(countOf(live?.variants ?? [], type), countOf(pending?.variants ?? [], type));
}

function countOf(variants: DeployedVariant[], type: string | undefined): number {
  return variants
    .filter((each) => each.variant.InstanceType === type)
    .reduce((sum, each) => sum + each.desiredCount, 0);
}
