import { isNativeError } from 'node:util/types';
import { PermissionRefused, ServiceUnavailable } from '../../domain/faults.ts';

/** Names under which AWS says "later": throttles, its own failures, and sockets that broke. */
const TRANSIENT = new Set([
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServiceError',
  'KMSInternalException',
  'LimitExceededException',
  'OperationAborted',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

const REFUSED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'KMSAccessDeniedException',
  'UnrecognizedClientException',
]);

const BROKEN_SOCKET = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

function statusOf(error: Error): number {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  if (metadata === null || typeof metadata !== 'object' || !('httpStatusCode' in metadata)) return 0;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : 0;
}

/** The fault that an error of an AWS SDK stands for; any other error comes back as it is. */
export function translateAwsError(error: unknown, doing: string): unknown {
  if (!isNativeError(error)) return error;
  const status = statusOf(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (TRANSIENT.has(error.name) || BROKEN_SOCKET.has(code) || status === 429 || status >= 500) {
    return new ServiceUnavailable(`${doing} failed for the moment (${BROKEN_SOCKET.has(code) ? code : error.name}).`, {
      cause: error,
    });
  }
  if (REFUSED.has(error.name) || status === 403) {
    return new PermissionRefused(`${doing} was refused: ${error.message}. Give this function's role the grant.`, {
      cause: error,
    });
  }
  return error;
}

/** Makes the call and throws our faults instead of the SDK's errors. `doing` begins the sentence: "Reading run 1". */
export async function asFaults<Result>(doing: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw translateAwsError(error, doing);
  }
}

export function isNamed(error: unknown, ...names: string[]): error is Error {
  return isNativeError(error) && names.includes(error.name);
}
