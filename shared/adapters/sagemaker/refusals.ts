import { CapacityRefused, ContractBroken } from '../../domain/faults.ts';
import { translateAwsError } from '../aws/translate-error.ts';

/** Names under which SageMaker says that a quota is used up or that it has no machine of the kind. */
const NO_CAPACITY = new Set([
  'ResourceLimitExceeded',
  'ResourceLimitExceededException',
  'InsufficientCapacityException',
]);

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

/** SageMaker says the same in several ways: "Could not find …", "… does not exist", ResourceNotFound. */
export function isMissing(error: unknown): boolean {
  if (nameOf(error) === 'ResourceNotFound') return true;
  return nameOf(error) === 'ValidationException' && /could not find|does not exist|not found/i.test(messageOf(error));
}

/** The name is taken: what a repetition of our own Create call meets, since these names are digests of what they stand for. */
function isTaken(error: unknown): boolean {
  return (
    ['ValidationException', 'ResourceInUse', 'ConflictException'].includes(nameOf(error)) &&
    /already exist/i.test(messageOf(error))
  );
}

/**
 * Makes the call and throws our faults instead of SageMaker's errors. `doing` begins the sentence: "Creating endpoint x".
 * What SageMaker finds wrong with the request itself is ContractBroken: trying again would not help.
 */
export async function asSagemakerFaults<Result>(doing: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw refusalOf(error, doing);
  }
}

function refusalOf(error: unknown, doing: string): unknown {
  if (NO_CAPACITY.has(nameOf(error))) {
    return new CapacityRefused(
      `${doing} was refused: ${messageOf(error)} Ask AWS for a higher quota or choose another instance type, then retry.`,
      {
        cause: error,
      },
    );
  }
  const translated = translateAwsError(error, doing);
  if (translated !== error || !(error instanceof Error) || !('$metadata' in error)) return translated;
  return new ContractBroken(`${doing} was refused: ${error.name}: ${error.message}`, { cause: error });
}

/** Makes a Create call whose name may be taken by an earlier try of the same call. */
export async function createOnce(doing: string, call: () => Promise<unknown>): Promise<void> {
  await asSagemakerFaults(doing, async () => {
    try {
      await call();
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  });
}

/** SageMaker's tags are a list. */
export function tagsOf(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** @throws ContractBroken when an answer lacks what the service's model promises */
export function required<Value>(value: Value | undefined, what: string): Value {
  if (value !== undefined) return value;
  throw new ContractBroken(`SageMaker's answer has no ${what}.`);
}
