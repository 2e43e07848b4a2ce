import type {
  CreateModelInput,
  DeleteModelInput,
  DescribeModelInput,
  ListModelsInput,
  ListModelsOutput,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { createdFrom, page, select } from '../api/paging.ts';
import { ValidationException } from '../errors.ts';
import { modelChanged } from '../events/registry-events.ts';
import type { Model } from '../state/records.ts';
import type { World } from '../world.ts';
import { containersOf, requireApproved, requireContainers } from './model-containers.ts';
import { forgetTags, setTags, tagMap } from './tags.ts';

export function createModel(world: World, request: Checked<CreateModelInput>): { ModelArn: string } {
  const arn = world.arns.of('model', request.ModelName);
  if (world.store.models.get(request.ModelName) !== undefined) {
    throw new ValidationException(`Cannot create already existing model "${arn}".`);
  }
  const { Tags: tags, ...given } = request;
  requireContainers(given);
  const model: Model = {
    ...given,
    EnableNetworkIsolation: given.EnableNetworkIsolation ?? false,
    ModelArn: arn,
    CreationTime: world.now(),
  };
  requireApproved(world, model);
  containersOf(world, model); // Refuses what could not be deployed.
  setTags(world, arn, tags);
  world.store.models.put(model.ModelName, model);
  announce(world, model);
  return { ModelArn: arn };
}

export function describeModel(world: World, request: Checked<DescribeModelInput>): Model {
  return findModel(world, request.ModelName);
}

export function deleteModel(world: World, request: Checked<DeleteModelInput>): Record<string, never> {
  const model = findModel(world, request.ModelName);
  world.store.models.delete(model.ModelName);
  announce(world, model);
  forgetTags(world, model.ModelArn);
  return {};
}

export function listModels(world: World, request: Checked<ListModelsInput>): Checked<ListModelsOutput> {
  const models = select(
    world.store.models.all(),
    (model) => ({ name: model.ModelName, created: model.CreationTime, modified: model.CreationTime }),
    createdFrom(request),
    'Descending',
  );
  const { items, ...next } = page(models, request);
  return { Models: items, ...next };
}

export function findModel(world: World, name: string): Model {
  const model = world.store.models.get(name);
  if (model === undefined) throw new ValidationException(`Could not find model "${world.arns.of('model', name)}".`);
  return model;
}

function announce(world: World, model: Model): void {
  world.events.send(modelChanged(model, tagMap(world, model.ModelArn), world.now()));
}
