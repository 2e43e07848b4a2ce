import type {
  ContainerDefinition,
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
import type { DeployedContainer, Model, ModelPackage } from '../state/records.ts';
import type { World } from '../world.ts';
import { findPackage } from './model-package.ts';
import { forgetTags, setTags, tagMap } from './tags.ts';

export function createModel(world: World, request: Checked<CreateModelInput>): { ModelArn: string } {
  const arn = world.arns.of('model', request.ModelName);
  if (world.store.models.get(request.ModelName) !== undefined) {
    throw new ValidationException(`Cannot create already existing model "${arn}".`);
  }
  const { Tags: tags, ...given } = request;
  requireOneContainer(given);
  const model: Model = {
    ...given,
    EnableNetworkIsolation: given.EnableNetworkIsolation ?? false,
    ModelArn: arn,
    CreationTime: world.now(),
  };
  containerOf(world, model); // Refuses what could not be deployed.
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

/** What the model's container runs. A model made from a package takes it from the package's first container. */
export function containerOf(world: World, model: Model): DeployedContainer {
  const own = model.PrimaryContainer ?? model.Containers?.[0];
  if (own === undefined) throw new ValidationException(`The model ${model.ModelName} has no container.`);
  if (own.Mode === 'MultiModel')
    throw new ValidationException("Models of the mode MultiModel can't be served here: give SingleModel.");
  if (own.ModelPackageName === undefined) return deployed(own, own.Environment);
  const version = findPackage(world, own.ModelPackageName);
  if (version.ModelPackageGroupName !== undefined && version.ModelApprovalStatus !== 'Approved') {
    throw new ValidationException(
      `Cannot create Model from ModelPackage ${version.ModelPackageArn}: its approval status is ${version.ModelApprovalStatus}. Only Approved model packages can be deployed.`,
    );
  }
  const packaged = specificationOf(version, own.InferenceSpecificationName)?.Containers[0];
  if (packaged === undefined) {
    throw new ValidationException(
      `ModelPackage ${version.ModelPackageArn} has no ${own.InferenceSpecificationName ?? 'InferenceSpecification'} with a container.`,
    );
  }
  return deployed(packaged, { ...packaged.Environment, ...own.Environment });
}

/** The package's own specification, or one of its additional ones by name. */
function specificationOf(version: ModelPackage, name: string | undefined) {
  if (name === undefined) return version.InferenceSpecification;
  return version.AdditionalInferenceSpecifications?.find((each) => each.Name === name);
}

type Source = Pick<Checked<ContainerDefinition>, 'Image' | 'ModelDataUrl' | 'ModelDataSource'>;

function deployed(source: Source, environment: Record<string, string> | undefined): DeployedContainer {
  if (source.Image === undefined) throw new ValidationException('The container names no Image.');
  const data = source.ModelDataUrl ?? source.ModelDataSource?.S3DataSource?.S3Uri;
  return { image: source.Image, environment: environment ?? {}, ...(data === undefined ? {} : { modelDataUrl: data }) };
}

function requireOneContainer(request: Pick<Checked<CreateModelInput>, 'PrimaryContainer' | 'Containers'>): void {
  const count = (request.PrimaryContainer === undefined ? 0 : 1) + (request.Containers?.length ?? 0);
  if (count !== 1)
    throw new ValidationException('Give exactly one container, as PrimaryContainer or as the only one of Containers.');
}

function announce(world: World, model: Model): void {
  world.events.send(modelChanged(model, tagMap(world, model.ModelArn), world.now()));
}
