import type {
  CreateModelPackageGroupInput,
  DescribeModelPackageGroupInput,
  ListModelPackageGroupsInput,
  ListModelPackageGroupsOutput,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { page, select } from '../api/paging.ts';
import { resourceOfArn } from '../arns.ts';
import { ValidationException } from '../errors.ts';
import type { ModelPackageGroup } from '../state/records.ts';
import type { World } from '../world.ts';
import { setTags } from './tags.ts';

export function createModelPackageGroup(
  world: World,
  request: Checked<CreateModelPackageGroupInput>,
): { ModelPackageGroupArn: string } {
  const arn = world.arns.of('model-package-group', request.ModelPackageGroupName);
  if (groupNamed(world, request.ModelPackageGroupName) !== undefined) {
    throw new ValidationException(`Model Package Group already exists: ${arn}`);
  }
  setTags(world, arn, request.Tags);
  world.store.packageGroups.put(request.ModelPackageGroupName.toLowerCase(), {
    ModelPackageGroupName: request.ModelPackageGroupName,
    ModelPackageGroupArn: arn,
    ModelPackageGroupDescription: request.ModelPackageGroupDescription,
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

export function listModelPackageGroups(
  world: World,
  request: Checked<ListModelPackageGroupsInput>,
): Checked<ListModelPackageGroupsOutput> {
  const groups = select(
    world.store.packageGroups.all(),
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
      `ModelPackageGroup ${world.arns.of('model-package-group', resourceOfArn(nameOrArn))} does not exist.`,
    );
  }
  return group;
}

/** Group names differ in more than case. */
function groupNamed(world: World, nameOrArn: string): ModelPackageGroup | undefined {
  return world.store.packageGroups.get(resourceOfArn(nameOrArn).toLowerCase());
}
