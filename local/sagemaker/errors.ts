/** The errors that this server answers with. `name` is the code that clients see in `__type`. */
abstract class ApiError extends Error {
  readonly status: number = 400;
}

/** A request that the service refuses: a member out of bounds, a name that is taken or unknown, a state that forbids it. */
export class ValidationException extends ApiError {
  override readonly name = 'ValidationException';
}

/** The runtime API's own code for a refused request. */
export class ValidationError extends ApiError {
  override readonly name = 'ValidationError';
}

/** Pipelines, executions and jobs that don't exist. */
export class ResourceNotFound extends ApiError {
  override readonly name = 'ResourceNotFound';
}

/** A job name that is taken. */
export class ResourceInUse extends ApiError {
  override readonly name = 'ResourceInUse';
}

/** The caller may not ask this at all. */
export class AccessDeniedException extends ApiError {
  override readonly name = 'AccessDeniedException';
  override readonly status = 403;
}

/** A quota of the account. */
export class ResourceLimitExceeded extends ApiError {
  override readonly name = 'ResourceLimitExceeded';
}

export class ConflictException extends ApiError {
  override readonly name = 'ConflictException';
}

/** More requests than the service takes. */
export class ThrottlingException extends ApiError {
  override readonly name = 'ThrottlingException';
}

/** The service failed, perhaps after it had done what it was asked. */
export class InternalFailure extends ApiError {
  override readonly name = 'InternalFailure';
  override readonly status = 500;
}

/** A body that isn't JSON, or a member of the wrong type. */
export class SerializationException extends ApiError {
  override readonly name = 'SerializationException';
}

export class UnknownOperationException extends ApiError {
  override readonly name = 'UnknownOperationException';
}

/** The model's container answered with an error, or isn't there. Clients see HTTP 424 and the container's own status. */
export class ModelError extends ApiError {
  override readonly name = 'ModelError';
  override readonly status = 424;
  readonly originalStatus: number;
  readonly originalMessage: string;
  readonly logStreamArn: string;
  constructor(message: string, originalStatus: number, originalMessage: string, logStreamArn: string) {
    super(message);
    this.logStreamArn = logStreamArn;
    this.originalStatus = originalStatus;
    this.originalMessage = originalMessage;
  }
}

type RefusedRequest =
  | AccessDeniedException
  | ValidationException
  | ValidationError
  | ResourceNotFound
  | ResourceInUse
  | ResourceLimitExceeded
  | ConflictException
  | ThrottlingException
  | InternalFailure
  | SerializationException
  | UnknownOperationException
  | ModelError;

export function isRefusal(error: unknown): error is RefusedRequest {
  return error instanceof ApiError;
}
