import { ValidationException } from '../errors.ts';
import type { ModelPackage } from '../state/records.ts';
import type { World } from '../world.ts';

/** By ARN, by name, or by `group/version`. @throws ValidationException, as the registry does for what doesn't exist */
export function findPackage(world: Pick<World, 'arns' | 'store'>, nameOrArn: string): ModelPackage {
  const arn = world.arns.named('model-package', nameOrArn);
  const found = world.store.packages.get(arn);
  if (found === undefined) throw new ValidationException(`ModelPackage ${arn} does not exist.`);
  return found;
}
