import type { ContainerDefinition, CreateModelInput, S3ModelDataSource } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';
import type { DeployedContainer, Model, ModelPackage } from '../state/records.ts';
import type { World } from '../world.ts';
import { findPackage } from './find-model-package.ts';

type Container = Checked<ContainerDefinition>;
type Source = Pick<Container, 'Image' | 'ModelDataUrl' | 'ModelDataSource'>;

/** One primary container, or several that run one after the other. @throws ValidationException */
export function requireContainers(
  model: Pick<Checked<CreateModelInput>, 'PrimaryContainer' | 'Containers' | 'InferenceExecutionConfig'>,
): void {
  const { PrimaryContainer: primary, Containers: containers = [] } = model;
  if ((primary === undefined) === (containers.length === 0))
    throw new ValidationException('Give exactly one of PrimaryContainer and Containers.');
  if (model.InferenceExecutionConfig?.Mode === 'Direct')
    throw new ValidationException(
      "Models of the mode Direct can't be served here: give Serial, which runs the containers one after the other.",
    );
  const names = containers.flatMap(({ ContainerHostname }) => ContainerHostname ?? []);
  if (names.length > 0 && names.length !== containers.length)
    throw new ValidationException('Give a ContainerHostname for every container of the pipeline, or for none.');
  if (new Set(names).size !== names.length)
    throw new ValidationException('The ContainerHostname of each container of the pipeline must be unique.');
}

/** Asked once, as the model is made: the model stays deployable whatever becomes of the approval. @throws ValidationException */
export function requireApproved(world: Pick<World, 'arns' | 'store'>, model: Model): void {
  for (const { ModelPackageName: name } of containersIn(model)) {
    const version = name === undefined ? undefined : findPackage(world, name);
    if (version?.ModelPackageGroupName === undefined || version.ModelApprovalStatus === 'Approved') continue;
    throw new ValidationException(
      `Cannot create Model from ModelPackage ${version.ModelPackageArn}: its approval status is ${version.ModelApprovalStatus}. Only Approved model packages can be deployed.`,
    );
  }
}

/** What the model's containers run, in their order. */
export function containersOf(
  world: Pick<World, 'arns' | 'store'>,
  model: Model,
): { container: DeployedContainer; further: DeployedContainer[] } {
  const all = containersIn(model);
  const [container, ...further] = all.map((own, index) => {
    const deployed = deployedContainer(world, own);
    return all.length === 1 ? deployed : { ...deployed, name: own.ContainerHostname ?? `container-${index + 1}` };
  });
  if (container === undefined) throw new ValidationException(`The model ${model.ModelName} has no container.`);
  return { container, further };
}

function containersIn(model: Model): Container[] {
  return model.PrimaryContainer === undefined ? (model.Containers ?? []) : [model.PrimaryContainer];
}

/** A container made from a package takes what it runs from the package's first container. */
function deployedContainer(world: Pick<World, 'arns' | 'store'>, own: Container): DeployedContainer {
  if (own.Mode === 'MultiModel')
    throw new ValidationException("Models of the mode MultiModel can't be served here: give SingleModel.");
  if (own.ModelPackageName === undefined) return withData(own, own.Environment);
  const version = findPackage(world, own.ModelPackageName);
  const packaged = specificationOf(version, own.InferenceSpecificationName)?.Containers[0];
  if (packaged === undefined) {
    throw new ValidationException(
      `ModelPackage ${version.ModelPackageArn} has no ${own.InferenceSpecificationName ?? 'InferenceSpecification'} with a container.`,
    );
  }
  return withData(packaged, { ...packaged.Environment, ...own.Environment });
}

/** The package's own specification, or one of its additional ones by name. */
function specificationOf(version: ModelPackage, name: string | undefined) {
  if (name === undefined) return version.InferenceSpecification;
  return version.AdditionalInferenceSpecifications?.find((each) => each.Name === name);
}

function withData(source: Source, environment: Record<string, string> = {}): DeployedContainer {
  const { Image: image, ModelDataUrl: url, ModelDataSource: data } = source;
  if (image === undefined) throw new ValidationException('The container names no Image.');
  const s3 = data?.S3DataSource;
  if (url !== undefined && s3 !== undefined)
    throw new ValidationException('Give only one of ModelDataUrl and ModelDataSource.');
  if (s3 !== undefined) return { image, environment, modelDataUrl: s3.S3Uri, modelDataForm: formOf(s3) };
  return { image, environment, ...(url === undefined ? {} : { modelDataUrl: url }) };
}

/** An archive or a file, as one object; or uncompressed files below a prefix. */
function formOf(data: Checked<S3ModelDataSource>): NonNullable<DeployedContainer['modelDataForm']> {
  const { S3DataType: type, CompressionType: compression, S3Uri: uri } = data;
  if (type === 'S3Object') return compression === 'Gzip' ? 'archive' : 'object';
  if (compression === 'Gzip')
    throw new ValidationException('The CompressionType Gzip needs the S3DataType S3Object: one archive.');
  if (!uri.endsWith('/'))
    throw new ValidationException(`The S3Uri ${uri} must end with a forward slash (/) for the S3DataType S3Prefix.`);
  return 'prefix';
}
