import type { CreateModelPackageInput } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';
import type { ModelPackage } from '../state/records.ts';

const MOST_PROPERTIES = 50;
const MOST_ADDITIONAL_SPECIFICATIONS = 15;

export type Unversioned = Pick<Checked<CreateModelPackageInput>, 'InferenceSpecification' | 'ModelApprovalStatus'>;

/** What a package without a group must have, and must not. @throws ValidationException */
export function requireUnversioned({ InferenceSpecification: specification, ModelApprovalStatus }: Unversioned): void {
  if (ModelApprovalStatus !== undefined)
    throw new ValidationException('ModelApprovalStatus is for versions of a model package group only.');
  if (specification === undefined)
    throw new ValidationException('InferenceSpecification is required for a model package without a group.');
  const required = ['SupportedTransformInstanceTypes', 'SupportedRealtimeInferenceInstanceTypes'] as const;
  const missing = required.find((member) => (specification[member] ?? []).length === 0);
  if (missing !== undefined)
    throw new ValidationException(`InferenceSpecification.${missing} is required for a model package without a group.`);
}

/** Properties after an update: those to remove go last. @throws ValidationException for too many */
export function mergedProperties(
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

/** Additional specifications after an update. @throws ValidationException */
export function mergedSpecifications(before: ModelPackage, added: ModelPackage['AdditionalInferenceSpecifications']) {
  if (added === undefined) return before.AdditionalInferenceSpecifications;
  const merged = [...(before.AdditionalInferenceSpecifications ?? []), ...added];
  requireOwnNames(merged);
  return merged;
}

/** @throws ValidationException for too many, or two of one name */
export function requireOwnNames(specifications: { Name: string }[]): void {
  const names = specifications.map((each) => each.Name);
  if (names.length <= MOST_ADDITIONAL_SPECIFICATIONS && new Set(names).size === names.length) return;
  throw new ValidationException(
    `A model package has at most ${MOST_ADDITIONAL_SPECIFICATIONS} AdditionalInferenceSpecifications, each with a name of its own; it would have ${names.join(', ')}.`,
  );
}
