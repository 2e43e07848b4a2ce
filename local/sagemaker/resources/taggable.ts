import { ResourceNotFound, ValidationException } from '../errors.ts';
import type { World } from '../world.ts';

/** The resource of an ARN, if it is there, and what its own operations say if it isn't. */
type Looked = { found: unknown; refusal: Error };

/**
 * Is there a resource of this ARN that can have tags? Versions of a model package group have none: they use their group's.
 * @throws ResourceNotFound for pipelines and jobs, ValidationException for all others, as their own operations do
 */
export function requireTaggable(world: World, arn: string): void {
  const { found, refusal } = lookUp(world, arn);
  if (found === undefined) throw refusal;
}

function lookUp({ store, arns }: World, arn: string): Looked {
  const [kind = '', ...path] = arn.startsWith(arns.account) ? arn.slice(arns.account.length).split('/') : [];
  const name = path.join('/');
  const anyCase = name.toLowerCase();
  const notFound = `Requested resource not found: ${arn} does not exist.`;
  switch (kind) {
    case 'pipeline':
      return { found: store.pipelines.get(anyCase), refusal: new ResourceNotFound(notFound) };
    case 'training-job':
      return { found: store.trainingJobs.get(anyCase), refusal: new ResourceNotFound(notFound) };
    case 'processing-job':
      return { found: store.processingJobs.get(anyCase), refusal: new ResourceNotFound(notFound) };
    case 'model-package-group':
      return { found: store.packageGroups.get(anyCase), refusal: new ValidationException(notFound) };
    case 'model-package':
      return lookUpPackage({ found: store.packages.get(arn), refusal: new ValidationException(notFound) }, path, arn);
    case 'model':
      return { found: store.models.get(name), refusal: new ValidationException(`Could not find model "${arn}".`) };
    case 'endpoint-config':
      return {
        found: store.endpointConfigs.get(name),
        refusal: new ValidationException(`Could not find endpoint configuration "${arn}".`),
      };
    case 'endpoint':
      return {
        found: store.endpoints.get(name),
        refusal: new ValidationException(`Could not find endpoint "${arn}".`),
      };
    default:
      return { found: undefined, refusal: new ValidationException(`There is no ${arn} here that can be tagged.`) };
  }
}

function lookUpPackage(looked: Looked, path: string[], arn: string): Looked {
  if (looked.found === undefined || path.length === 1) return looked;
  return {
    found: undefined,
    refusal: new ValidationException(`${arn} is a model package version: tag its model package group.`),
  };
}
