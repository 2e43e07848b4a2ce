import type {
  DeleteModelPackageGroupPolicyInput,
  GetModelPackageGroupPolicyInput,
  PutModelPackageGroupPolicyInput,
} from '@aws-sdk/client-sagemaker';
import { isFields } from '../api/check-request.ts';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';
import type { ModelPackageGroup } from '../state/records.ts';
import type { World } from '../world.ts';
import { findGroup, saveGroup } from './model-package-group.ts';

/** A group's policy is kept and shown; nobody else has an account here whom it could let in. */
export function putModelPackageGroupPolicy(
  world: World,
  request: Checked<PutModelPackageGroupPolicyInput>,
): { ModelPackageGroupArn: string } {
  const group = findGroup(world, request.ModelPackageGroupName);
  requirePolicy(request.ResourcePolicy);
  saveGroup(world, { ...group, policy: request.ResourcePolicy });
  return { ModelPackageGroupArn: group.ModelPackageGroupArn };
}

export function getModelPackageGroupPolicy(
  world: World,
  request: Checked<GetModelPackageGroupPolicyInput>,
): { ResourcePolicy: string } {
  const group = findGroup(world, request.ModelPackageGroupName);
  if (group.policy === undefined) throw withoutPolicy(group);
  return { ResourcePolicy: group.policy };
}

export function deleteModelPackageGroupPolicy(
  world: World,
  request: Checked<DeleteModelPackageGroupPolicyInput>,
): Record<string, never> {
  const { policy, ...group } = findGroup(world, request.ModelPackageGroupName);
  if (policy === undefined) throw withoutPolicy(group);
  saveGroup(world, group);
  return {};
}

function withoutPolicy(group: ModelPackageGroup): ValidationException {
  return new ValidationException(`Cannot find resource policy for: ${group.ModelPackageGroupArn}`);
}

function requirePolicy(text: string): void {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch (error) {
    throw new ValidationException(`Invalid resource policy: it is not JSON (${String(error)}).`, { cause: error });
  }
  if (!isFields(policy) || policy.Statement === undefined)
    throw new ValidationException('Invalid resource policy: it has no Statement.');
}
