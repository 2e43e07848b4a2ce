import { ValidationException } from '../errors.ts';
import { ReferenceBroken } from './references.ts';
import type { ExceptionType } from './step-schema.ts';

type Circumstances = { cause?: unknown; exception?: ExceptionType | undefined; timedOut?: boolean };

/** A step failed; the message is its FailureReason. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  /** What retry policies call it; undefined for what is not retried. */
  readonly exception: ExceptionType | undefined;
  /** It was given all the time that there is. */
  readonly timedOut: boolean;
  constructor(message: string, options: Circumstances = {}) {
    super(message, { cause: options.cause });
    this.exception = options.exception;
    this.timedOut = options.timedOut ?? false;
  }
}

/** The FailureReason of a step that threw. */
export function reasonOf(error: unknown): string {
  if (error instanceof StepFailed || error instanceof ReferenceBroken) return error.message;
  if (error instanceof ValidationException) return `ClientError: ${error.message}`;
  return `InternalServerError: ${String(error)}`;
}
