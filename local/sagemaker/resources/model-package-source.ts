import { ValidationException } from '../errors.ts';
import type { Model, ModelPackage } from '../state/records.ts';
import type { World } from '../world.ts';
import { findPackage } from './find-model-package.ts';

type Specification = NonNullable<ModelPackage['InferenceSpecification']>;

/** SourceUri and what it would fill in exclude each other. @throws ValidationException */
export function requireOneSource(given: Pick<ModelPackage, 'SourceUri' | 'InferenceSpecification'>): void {
  if (given.SourceUri !== undefined && given.InferenceSpecification !== undefined)
    throw new ValidationException('Give either SourceUri or InferenceSpecification, not both.');
}

/**
 * What is registered, with what a SourceUri that is an ARN stands for: a model package is cloned, a model lends its
 * containers. What the request gives itself comes first. @throws ValidationException if there is nothing of this ARN
 */
export function withSource<Given extends Partial<ModelPackage>>(world: World, given: Given): Given {
  const { SourceUri: uri } = given;
  if (uri?.startsWith(world.arns.of('model-package', ''))) return { ...clonable(findPackage(world, uri)), ...given };
  const models = world.arns.of('model', '');
  if (!uri?.startsWith(models)) return given;
  const model = world.store.models.get(uri.slice(models.length));
  if (model === undefined) throw new ValidationException(`Could not find model "${uri}".`);
  return { ...given, InferenceSpecification: { Containers: containersOf(world, model) } };
}

function clonable(source: ModelPackage) {
  return {
    InferenceSpecification: source.InferenceSpecification,
    AdditionalInferenceSpecifications: source.AdditionalInferenceSpecifications,
    ModelPackageDescription: source.ModelPackageDescription,
    MetadataProperties: source.MetadataProperties,
    ModelMetrics: source.ModelMetrics,
    DriftCheckBaselines: source.DriftCheckBaselines,
    Domain: source.Domain,
    Task: source.Task,
    SamplePayloadUrl: source.SamplePayloadUrl,
    CustomerMetadataProperties: source.CustomerMetadataProperties,
    ModelCard: source.ModelCard,
  };
}

function containersOf(world: World, model: Model): Specification['Containers'] {
  const own = model.PrimaryContainer === undefined ? (model.Containers ?? []) : [model.PrimaryContainer];
  return own.flatMap(({ ContainerHostname, Image, ModelDataUrl, ModelDataSource, Environment, ModelPackageName }) =>
    ModelPackageName === undefined
      ? [{ ContainerHostname, Image, ModelDataUrl, ModelDataSource, Environment }]
      : (findPackage(world, ModelPackageName).InferenceSpecification?.Containers ?? []),
  );
}
