import type {
  CreateModelPackageInput,
  DescribeModelPackageInput,
  ListModelPackagesInput,
  ListModelPackagesOutput,
  UpdateModelPackageInput,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { page, select } from '../api/paging.ts';
import { ConflictException, ValidationException } from '../errors.ts';
import { modelPackageChanged } from '../events/registry-events.ts';
import type { ModelPackage } from '../state/records.ts';
import type { World } from '../world.ts';
import { findGroup } from './model-package-group.ts';
import { tagMap } from './tags.ts';

const MOST_PROPERTIES = 50;

/** Registers the next version of a group. Packages without a group can't be registered here. */
export function createModelPackage(
  world: World,
  request: Checked<CreateModelPackageInput>,
): { ModelPackageArn: string } {
  const {
    ClientToken: token,
    Tags: tags,
    ModelPackageName: ownName,
    ModelPackageGroupName: groupName,
    ...given
  } = request;
  if (groupName === undefined || ownName !== undefined) {
    throw new ValidationException(
      'Give ModelPackageGroupName and no ModelPackageName: only versions of a model package group can be registered.',
    );
  }
  if (tags !== undefined && tags.length > 0) {
    throw new ValidationException('Tags are not allowed on a model package version: tag its model package group.');
  }
  const group = findGroup(world, groupName);
  const versions = versionsOf(world, group.ModelPackageGroupName);
  const former = versions.find((version) => token !== undefined && version.clientToken === token);
  if (former !== undefined) return answerFormer(former, given);
  const version = 1 + Math.max(0, ...versions.map((each) => each.ModelPackageVersion ?? 0));
  const arn = world.arns.of('model-package', `${group.ModelPackageGroupName}/${version}`);
  const at = world.now();
  const created = save(world, {
    ...given,
    ModelPackageName: group.ModelPackageGroupName,
    ModelPackageGroupName: group.ModelPackageGroupName,
    ModelPackageVersion: version,
    ModelPackageArn: arn,
    ModelPackageStatus: 'Completed',
    ModelPackageStatusDetails: { ValidationStatuses: [] },
    ModelApprovalStatus: given.ModelApprovalStatus ?? 'PendingManualApproval',
    CreationTime: at,
    CreatedBy: {},
    LastModifiedTime: at,
    ...(token === undefined ? {} : { clientToken: token }),
  });
  announce(world, created, []);
  return { ModelPackageArn: arn };
}

export function describeModelPackage(world: World, request: Checked<DescribeModelPackageInput>): ModelPackage {
  return findPackage(world, request.ModelPackageName);
}

export function updateModelPackage(
  world: World,
  request: Checked<UpdateModelPackageInput>,
): { ModelPackageArn: string } {
  const {
    ModelPackageArn: arn,
    CustomerMetadataPropertiesToRemove: removed,
    AdditionalInferenceSpecificationsToAdd: added,
  } = request;
  const before = findPackage(world, arn);
  const { ClientToken: _token, ...changes } = request;
  const changed: ModelPackage = {
    ...before,
    ModelApprovalStatus: changes.ModelApprovalStatus ?? before.ModelApprovalStatus,
    ApprovalDescription: changes.ApprovalDescription ?? before.ApprovalDescription,
    ModelPackageRegistrationType: changes.ModelPackageRegistrationType ?? before.ModelPackageRegistrationType,
    InferenceSpecification: changes.InferenceSpecification ?? before.InferenceSpecification,
    SourceUri: changes.SourceUri ?? before.SourceUri,
    ModelLifeCycle: changes.ModelLifeCycle ?? before.ModelLifeCycle,
    ModelCard: changes.ModelCard === undefined ? before.ModelCard : { ...before.ModelCard, ...changes.ModelCard },
    CustomerMetadataProperties: mergedProperties(before, changes.CustomerMetadataProperties, removed),
    AdditionalInferenceSpecifications:
      added === undefined
        ? before.AdditionalInferenceSpecifications
        : [...(before.AdditionalInferenceSpecifications ?? []), ...added],
    LastModifiedTime: world.now(),
    LastModifiedBy: {},
  };
  announce(world, save(world, changed), changedFields(request));
  return { ModelPackageArn: before.ModelPackageArn };
}

export function listModelPackages(
  world: World,
  request: Checked<ListModelPackagesInput>,
): Checked<ListModelPackagesOutput> {
  const of = request.ModelPackageGroupName;
  const versions =
    of === undefined ? world.store.packages.all() : versionsOf(world, findGroup(world, of).ModelPackageGroupName);
  const approved = versions.filter(
    (version) =>
      request.ModelApprovalStatus === undefined || version.ModelApprovalStatus === request.ModelApprovalStatus,
  );
  const selected = select(
    approved,
    (version) => ({
      name: version.ModelPackageName,
      created: version.CreationTime,
      modified: version.LastModifiedTime ?? version.CreationTime,
    }),
    request,
    'Descending',
  );
  const { items, ...next } = page(selected, request);
  // A version has no name of its own in lists: its group and number name it.
  return { ModelPackageSummaryList: items.map(({ ModelPackageName: _name, ...version }) => version), ...next };
}

/** By ARN. @throws ValidationException, as the registry does for what doesn't exist */
export function findPackage(world: World, nameOrArn: string): ModelPackage {
  const found = world.store.packages.get(nameOrArn);
  if (found === undefined) throw new ValidationException(`ModelPackage ${nameOrArn} does not exist.`);
  return found;
}

function versionsOf(world: World, group: string): ModelPackage[] {
  return world.store.packages.all().filter((version) => version.ModelPackageGroupName === group);
}

/** The same token with the same content is a repeated request; with other content it is a conflict. */
function answerFormer(former: ModelPackage, given: Partial<ModelPackage>): { ModelPackageArn: string } {
  const same = JSON.stringify(former.InferenceSpecification) === JSON.stringify(given.InferenceSpecification);
  if (!same)
    throw new ConflictException(
      `The ClientToken was used for ${former.ModelPackageArn} with other content: use a new token.`,
    );
  return { ModelPackageArn: former.ModelPackageArn };
}

function mergedProperties(
  before: ModelPackage,
  added: Record<string, string> | undefined,
  removed: string[] | undefined,
) {
  if (added === undefined && removed === undefined) return before.CustomerMetadataProperties;
  const merged = Object.entries({ ...before.CustomerMetadataProperties, ...added }).filter(
    ([key]) => !removed?.includes(key),
  );
  if (merged.length > MOST_PROPERTIES) {
    throw new ValidationException(
      `A model package has at most ${MOST_PROPERTIES} CustomerMetadataProperties; ${merged.length} were given.`,
    );
  }
  return merged.length === 0 ? undefined : Object.fromEntries(merged);
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

function announce(world: World, version: ModelPackage, updated: string[]): void {
  const group = world.arns.of('model-package-group', version.ModelPackageGroupName ?? '');
  world.events.send(modelPackageChanged(version, updated, tagMap(world, group), world.now()));
}
