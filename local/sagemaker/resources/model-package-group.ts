import type {
  CreateModelPackageGroupInput,
  DeleteModelPackageGroupInput,
  DescribeModelPackageGroupInput,
  ListModelPackageGroupsInput,
  ListModelPackageGroupsOutput,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { page, select } from '../api/paging.ts';
import { resourceOfArn } from '../arns.ts';
import { ConflictException, ValidationException } from '../errors.ts';
import type { ModelPackageGroup } from '../state/records.ts';
import type { World } from '../world.ts';
import { forgetTags, setTags } from './tags.ts';

export function createModelPackageGroup(
  world: World,
  request: Checked<CreateModelPackageGroupInput>,
): { ModelPackageGroupArn: string } {
  const arn = world.arns.of('model-package-group', request.ModelPackageGroupName);
  if (groupNamed(world, request.ModelPackageGroupName) !== undefined) {
    throw new ValidationException(`Model Package Group already exists: ${arn}`);
  }
  setTags(world, arn, request.Tags);
  saveGroup(world, {
    ModelPackageGroupName: request.ModelPackageGroupName,
    ModelPackageGroupArn: arn,
    ModelPackageGroupDescription: request.ModelPackageGroupDescription,
    ManagedConfiguration: request.ManagedConfiguration,
    CreationTime: world.now(),
    CreatedBy: {},
    ModelPackageGroupStatus: 'Completed',
  });
  return { ModelPackageGroupArn: arn };
}

export function describeModelPackageGroup(
  world: World,
  request: Checked<DescribeModelPackageGroupInput>,
): ModelPackageGroup {
  return findGroup(world, request.ModelPackageGroupName);
}

/** Only an empty group can go. */
export function deleteModelPackageGroup(
  world: World,
  request: Checked<DeleteModelPackageGroupInput>,
): Record<string, never> {
  const group = findGroup(world, request.ModelPackageGroupName);
  const { ModelPackageGroupName: name, ModelPackageGroupArn: arn } = group;
  if (world.store.packages.all().some((version) => version.ModelPackageGroupName === name)) {
    throw new ConflictException(`Model Package Group ${arn} can't be deleted: it still contains model packages.`);
  }
  world.store.packageGroups.delete(name.toLowerCase());
  forgetTags(world, arn);
  return {};
}

export function listModelPackageGroups(
  world: World,
  request: Checked<ListModelPackageGroupsInput>,
): Checked<ListModelPackageGroupsOutput> {
  const own = request.CrossAccountFilterOption === 'CrossAccount' ? [] : world.store.packageGroups.all();
  const groups = select(
    own,
    (group) => ({ name: group.ModelPackageGroupName, created: group.CreationTime, modified: group.CreationTime }),
    request,
    'Ascending',
  );
  const { items, ...next } = page(groups, request);
  return { ModelPackageGroupSummaryList: items, ...next };
}

/** By name or ARN. @throws ValidationException, as the registry does for what doesn't exist */
export function findGroup(world: World, nameOrArn: string): ModelPackageGroup {
  const group = groupNamed(world, nameOrArn);
  if (group === undefined) {
    throw new ValidationException(
      `ModelPackageGroup ${world.arns.named('model-package-group', nameOrArn)} does not exist.`,
    );
  }
  return group;
}

export function saveGroup(world: World, group: ModelPackageGroup): void {
  world.store.packageGroups.put(group.ModelPackageGroupName.toLowerCase(), group);
}

/** Group names differ in more than case. */
function groupNamed(world: World, nameOrArn: string): ModelPackageGroup | undefined {
  const arn = world.arns.named('model-package-group', nameOrArn).toLowerCase();
  const group = world.store.packageGroups.get(resourceOfArn(arn));
  return group?.ModelPackageGroupArn.toLowerCase() === arn ? group : undefined;
}
