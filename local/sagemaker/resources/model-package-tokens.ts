import { ConflictException } from '../errors.ts';
import type { ModelPackage } from '../state/records.ts';
import type { World } from '../world.ts';

/** Tokens are told apart by group; those of unversioned packages are among themselves. */
export function registeredWith(
  world: World,
  token: string | undefined,
  group: { ModelPackageGroupName: string } | undefined,
): ModelPackage | undefined {
  if (token === undefined) return undefined;
  return world.store.packages
    .all()
    .find((each) => each.clientToken === token && each.ModelPackageGroupName === group?.ModelPackageGroupName);
}

/** The same token with the same content is a repeated request; with other content it is a conflict. */
export function answerFormer(former: ModelPackage, given: Partial<ModelPackage>): { ModelPackageArn: string } {
  const same = JSON.stringify(former.InferenceSpecification) === JSON.stringify(given.InferenceSpecification);
  if (!same) throw tokenTaken(former);
  return { ModelPackageArn: former.ModelPackageArn };
}

export function tokenTaken({ ModelPackageArn: arn }: ModelPackage): ConflictException {
  return new ConflictException(`The ClientToken was used for ${arn} with other content: use a new token.`);
}
