import { isNamed } from './translate-error.ts';

export function conditionFailed(error: unknown): boolean {
  return isNamed(error, 'ConditionalCheckFailedException');
}

/** The code of each write of a cancelled transaction (`None` for those that would have passed); `undefined` for any other error. */
export function cancellationReasons(error: unknown): string[] | undefined {
  if (!isNamed(error, 'TransactionCanceledException')) return undefined;
  const reasons: unknown = 'CancellationReasons' in error ? error.CancellationReasons : undefined;
  if (!Array.isArray(reasons)) return [];
  return reasons.map((reason: unknown) =>
    reason !== null && typeof reason === 'object' && 'Code' in reason && typeof reason.Code === 'string'
      ? reason.Code
      : 'None',
  );
}
