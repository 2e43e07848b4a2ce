import type {
  CreateEndpointConfigInput,
  DeleteEndpointConfigInput,
  DescribeEndpointConfigInput,
  ListEndpointConfigsInput,
  ListEndpointConfigsOutput,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { createdFrom, page, select } from '../api/paging.ts';
import { ValidationException } from '../errors.ts';
import { endpointConfigChanged } from '../events/registry-events.ts';
import type { EndpointConfig } from '../state/records.ts';
import type { World } from '../world.ts';
import { findModel } from './model.ts';
import { forgetTags, setTags, tagMap } from './tags.ts';

export function createEndpointConfig(
  world: World,
  request: Checked<CreateEndpointConfigInput>,
): { EndpointConfigArn: string } {
  const arn = world.arns.of('endpoint-config', request.EndpointConfigName);
  if (world.store.endpointConfigs.get(request.EndpointConfigName) !== undefined) {
    throw new ValidationException(`Cannot create already existing endpoint configuration "${arn}".`);
  }
  const { Tags: tags, ...given } = request;
  requireServable(world, given);
  setTags(world, arn, tags);
  const config: EndpointConfig = {
    ...given,
    ProductionVariants: given.ProductionVariants.map((variant) => ({
      ...variant,
      InitialVariantWeight: variant.InitialVariantWeight ?? 1,
    })),
    EnableNetworkIsolation: given.EnableNetworkIsolation ?? false,
    EndpointConfigArn: arn,
    CreationTime: world.now(),
  };
  world.store.endpointConfigs.put(config.EndpointConfigName, config);
  world.events.send(endpointConfigChanged(config, tagMap(world, arn), world.now()));
  return { EndpointConfigArn: arn };
}

export function describeEndpointConfig(world: World, request: Checked<DescribeEndpointConfigInput>): EndpointConfig {
  return findEndpointConfig(world, request.EndpointConfigName);
}

export function deleteEndpointConfig(world: World, request: Checked<DeleteEndpointConfigInput>): Record<string, never> {
  const config = findEndpointConfig(world, request.EndpointConfigName);
  world.store.endpointConfigs.delete(config.EndpointConfigName);
  world.events.send(endpointConfigChanged(config, tagMap(world, config.EndpointConfigArn), world.now()));
  forgetTags(world, config.EndpointConfigArn);
  return {};
}

export function listEndpointConfigs(
  world: World,
  request: Checked<ListEndpointConfigsInput>,
): Checked<ListEndpointConfigsOutput> {
  const configs = select(
    world.store.endpointConfigs.all(),
    (config) => ({ name: config.EndpointConfigName, created: config.CreationTime, modified: config.CreationTime }),
    createdFrom(request),
    'Descending',
  );
  const { items, ...next } = page(configs, request);
  return { EndpointConfigs: items, ...next };
}

export function findEndpointConfig(world: World, name: string): EndpointConfig {
  const config = world.store.endpointConfigs.get(name);
  if (config === undefined) {
    throw new ValidationException(`Could not find endpoint configuration "${world.arns.of('endpoint-config', name)}".`);
  }
  return config;
}

/** Variants on instances, each with a model that exists. */
function requireServable(world: World, request: Checked<CreateEndpointConfigInput>): void {
  const names = request.ProductionVariants.map((variant) => variant.VariantName);
  if (new Set(names).size !== names.length) throw new ValidationException('Production variant names must be unique.');
  for (const variant of request.ProductionVariants) {
    if (
      variant.ModelName === undefined ||
      variant.InstanceType === undefined ||
      variant.InitialInstanceCount === undefined
    ) {
      throw new ValidationException(
        `The production variant ${variant.VariantName} needs ModelName, InstanceType and InitialInstanceCount: other kinds of variants can't be served here.`,
      );
    }
    findModel(world, variant.ModelName);
  }
  const refused = ['ShadowProductionVariants', 'AsyncInferenceConfig', 'ExplainerConfig'] as const;
  const given = refused.find((member) => request[member] !== undefined);
  if (given !== undefined) throw new ValidationException(`${given} can't be served here: leave it out.`);
}
