import type {
  BatchDescribeModelPackageInput,
  BatchDescribeModelPackageOutput,
  CreateModelPackageInput,
  DeleteModelPackageInput,
  DescribeModelPackageInput,
  ListModelPackagesInput,
  ListModelPackagesOutput,
  UpdateModelPackageInput,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { page, select } from '../api/paging.ts';
import { ValidationException } from '../errors.ts';
import { modelPackageChanged } from '../events/registry-events.ts';
import type { ModelPackage } from '../state/records.ts';
import type { World } from '../world.ts';
import { findPackage } from './find-model-package.ts';
import { changedCard, requireModelCard, withoutDetails } from './model-card.ts';
import {
  mergedProperties,
  mergedSpecifications,
  requireOwnNames,
  requireUnversioned,
  type Unversioned,
} from './model-package-content.ts';
import { findGroup, saveGroup } from './model-package-group.ts';
import { requireOneSource, withSource } from './model-package-source.ts';
import { answerFormer, registeredWith, tokenTaken } from './model-package-tokens.ts';
import { forgetTags, setTags, tagMap } from './tags.ts';

type Identity = Pick<
  ModelPackage,
  'ModelPackageName' | 'ModelPackageGroupName' | 'ModelPackageVersion' | 'ModelPackageArn'
>;

/** Registers the next version of a group, or a package of its own name. */
export function createModelPackage(
  world: World,
  request: Checked<CreateModelPackageInput>,
): { ModelPackageArn: string } {
  const { ClientToken: token, Tags: tags, ModelPackageName: name, ModelPackageGroupName: group, ...given } = request;
  if (name !== undefined && group !== undefined) {
    throw new ValidationException(
      'Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine which one to use.',
    );
  }
  const owner = group === undefined ? undefined : findGroup(world, group);
  requireOneSource(given);
  const content = withSource(world, given);
  const former = registeredWith(world, token, owner);
  if (former !== undefined) return answerFormer(former, content);
  const algorithm = given.SourceAlgorithmSpecification?.SourceAlgorithms[0]?.AlgorithmName;
  if (algorithm !== undefined)
    throw new ValidationException(`Algorithm ${algorithm} does not exist: algorithms can't be created here.`);
  requireModelCard(given.ModelCard);
  requireOwnNames(given.AdditionalInferenceSpecifications ?? []);
  const identity = group === undefined ? unversioned(world, name, content) : nextVersion(world, group, tags);
  const at = world.now();
  if (group === undefined) setTags(world, identity.ModelPackageArn, tags);
  const created = save(world, {
    ...content,
    ...identity,
    ModelPackageStatus: 'Completed',
    ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
    ...(group === undefined ? {} : { ModelApprovalStatus: given.ModelApprovalStatus ?? 'PendingManualApproval' }),
    CertifyForMarketplace: given.CertifyForMarketplace ?? false,
    CreationTime: at,
    CreatedBy: {},
    LastModifiedTime: at,
    ...(token === undefined ? {} : { clientToken: token }),
  });
  announce(world, created, []);
  return { ModelPackageArn: created.ModelPackageArn };
}

/** A version has its group's tags, and none of its own. */
function nextVersion(world: World, groupName: string, tags: unknown[] | undefined): Identity {
  if (tags !== undefined && tags.length > 0) {
    throw new ValidationException('Tags are not allowed on a model package version: tag its model package group.');
  }
  const group = findGroup(world, groupName);
  const versions = versionsOf(world, group.ModelPackageGroupName).map((each) => each.ModelPackageVersion ?? 0);
  const version = 1 + Math.max(group.lastVersion ?? 0, ...versions);
  saveGroup(world, { ...group, lastVersion: version });
  return {
    ModelPackageName: group.ModelPackageGroupName,
    ModelPackageGroupName: group.ModelPackageGroupName,
    ModelPackageVersion: version,
    ModelPackageArn: world.arns.of('model-package', `${group.ModelPackageGroupName}/${version}`),
  };
}

function unversioned(world: World, name: string | undefined, given: Unversioned): Identity {
  if (name === undefined) throw new ValidationException('Missing ARN.');
  const arn = world.arns.of('model-package', name);
  if (world.store.packages.get(arn) !== undefined)
    throw new ValidationException(`Model Package already exists: ${arn}`);
  requireUnversioned(given);
  return { ModelPackageName: name, ModelPackageArn: arn };
}

/** With `MetadataOnly` little is left of the model card's content. */
export function describeModelPackage(world: World, request: Checked<DescribeModelPackageInput>): ModelPackage {
  const found = findPackage(world, request.ModelPackageName);
  if (request.IncludedData !== 'MetadataOnly' || found.ModelCard === undefined) return found;
  return { ...found, ModelCard: withoutDetails(found.ModelCard) };
}

/** Describes the versions that exist, and says of each other why not. */
export function batchDescribeModelPackage(
  world: World,
  request: Checked<BatchDescribeModelPackageInput>,
): Checked<BatchDescribeModelPackageOutput> {
  const ModelPackageSummaries: NonNullable<Checked<BatchDescribeModelPackageOutput>['ModelPackageSummaries']> = {};
  const BatchDescribeModelPackageErrorMap: Record<string, { ErrorCode: string; ErrorResponse: string }> = {};
  for (const arn of request.ModelPackageArnList) {
    const found = world.store.packages.get(arn);
    if (found?.ModelPackageGroupName === undefined) {
      const ErrorResponse = `ModelPackage ${arn} does not exist.`;
      BatchDescribeModelPackageErrorMap[arn] = { ErrorCode: 'ValidationException', ErrorResponse };
    } else {
      const { ModelPackageGroupName, InferenceSpecification = { Containers: [] } } = found;
      ModelPackageSummaries[arn] = { ...found, ModelPackageGroupName, InferenceSpecification };
    }
  }
  return { ModelPackageSummaries, BatchDescribeModelPackageErrorMap };
}

export function updateModelPackage(
  world: World,
  request: Checked<UpdateModelPackageInput>,
): { ModelPackageArn: string } {
  const { CustomerMetadataPropertiesToRemove: removed, AdditionalInferenceSpecificationsToAdd: added } = request;
  const before = findPackage(world, request.ModelPackageArn);
  const { ClientToken: token, ...changes } = request;
  const updateContent = JSON.stringify(changes);
  if (token !== undefined && token === before.updateToken) {
    if (before.updateContent !== undefined && before.updateContent !== updateContent) throw tokenTaken(before);
    return { ModelPackageArn: before.ModelPackageArn };
  }
  if (changes.ModelApprovalStatus !== undefined && before.ModelPackageGroupName === undefined)
    throw new ValidationException('ModelApprovalStatus is for versions of a model package group only.');
  requireOneSource(changes);
  const changed: ModelPackage = {
    ...before,
    ModelApprovalStatus: changes.ModelApprovalStatus ?? before.ModelApprovalStatus,
    ApprovalDescription: changes.ApprovalDescription ?? before.ApprovalDescription,
    ModelPackageRegistrationType: changes.ModelPackageRegistrationType ?? before.ModelPackageRegistrationType,
    InferenceSpecification: changes.InferenceSpecification ?? before.InferenceSpecification,
    SourceUri: changes.SourceUri ?? before.SourceUri,
    ModelLifeCycle: changes.ModelLifeCycle ?? before.ModelLifeCycle,
    ModelCard: changedCard(before.ModelCard, changes.ModelCard),
    CustomerMetadataProperties: mergedProperties(before, changes.CustomerMetadataProperties, removed),
    AdditionalInferenceSpecifications: mergedSpecifications(before, added),
    LastModifiedTime: world.now(),
    LastModifiedBy: {},
    ...(token === undefined ? {} : { updateToken: token, updateContent }),
  };
  announce(world, save(world, changed), changedFields(request));
  return { ModelPackageArn: before.ModelPackageArn };
}

export function deleteModelPackage(world: World, request: Checked<DeleteModelPackageInput>): Record<string, never> {
  const { ModelPackageArn: arn } = findPackage(world, request.ModelPackageName);
  world.store.packages.delete(arn);
  forgetTags(world, arn);
  return {};
}

export function listModelPackages(
  world: World,
  request: Checked<ListModelPackagesInput>,
): Checked<ListModelPackagesOutput> {
  const { ModelPackageGroupName: of, ModelApprovalStatus: approval } = request;
  const selected = select(
    packagesOfType(world, of, request.ModelPackageType).filter(
      (version) => approval === undefined || version.ModelApprovalStatus === approval,
    ),
    (version) => ({
      name: version.ModelPackageName,
      id: `${version.ModelPackageName}/${String(version.ModelPackageVersion ?? 0).padStart(9, '0')}`,
      created: version.CreationTime,
      modified: version.LastModifiedTime ?? version.CreationTime,
    }),
    request,
    'Ascending',
  );
  const { items, ...next } = page(selected, request);
  return { ModelPackageSummaryList: items.map(withOwnName), ...next };
}

/** Versions are listed for a group or when asked for; otherwise the packages that have a name of their own. */
function packagesOfType(world: World, group: string | undefined, type: string | undefined): ModelPackage[] {
  if (group !== undefined) {
    const versions = versionsOf(world, findGroup(world, group).ModelPackageGroupName);
    return type === 'Unversioned' ? [] : versions;
  }
  const all = world.store.packages.all();
  if (type === 'Both') return all;
  return all.filter((each) => (each.ModelPackageGroupName !== undefined) === (type === 'Versioned'));
}

/** A version has no name of its own in lists: its group and number name it. */
function withOwnName(version: ModelPackage): Omit<ModelPackage, 'ModelPackageName'> {
  const { ModelPackageName: _name, ...rest } = version;
  return version.ModelPackageGroupName === undefined ? version : rest;
}

function versionsOf(world: World, group: string): ModelPackage[] {
  return world.store.packages.all().filter((version) => version.ModelPackageGroupName === group);
}

/** The names that the event uses for what an update changed. */
function changedFields(request: Checked<UpdateModelPackageInput>): string[] {
  const names: [string, unknown][] = [
    ['ModelLifeCycle', request.ModelLifeCycle],
    ['ModelApprovalStatus', request.ModelApprovalStatus],
    ['ApprovalDescription', request.ApprovalDescription],
    ['sourceUri', request.SourceUri],
    ['CustomerMetadataProperties', request.CustomerMetadataProperties ?? request.CustomerMetadataPropertiesToRemove],
    ['InferenceSpecification', request.InferenceSpecification],
  ];
  return names.filter(([, value]) => value !== undefined).map(([name]) => name);
}

function save(world: World, version: ModelPackage): ModelPackage {
  return world.store.packages.put(version.ModelPackageArn, version);
}

/** The event of a version carries its group's tags. */
function announce(world: World, version: ModelPackage, updated: string[]): void {
  const { ModelPackageGroupName: group, ModelPackageArn: arn } = version;
  const tagged = group === undefined ? arn : world.arns.of('model-package-group', group);
  world.events.send(modelPackageChanged(version, updated, tagMap(world, tagged), world.now()));
}
