/**
 * The closed list of faults. A fault is thrown; an outcome (a failed gate, a rejection) is returned.
 * Workflows retry the transient ones by name; every other fault parks the run and tells on-call.
 */
export abstract class Fault extends Error {
  /** Whether the same call may succeed if it is made again a little later. */
  abstract readonly transient: boolean;
}

/** A service throttled us, timed out or answered 5xx. */
export class ServiceUnavailable extends Fault {
  override readonly name = 'ServiceUnavailable';
  readonly transient = true;
}

/** Somebody else wrote first: a conditional write failed where the caller must read again. */
export class WriteConflict extends Fault {
  override readonly name = 'WriteConflict';
  readonly transient = true;
}

/** The thing that a caller named does not exist. */
export class NotFound extends Fault {
  override readonly name = 'NotFound';
  readonly transient = false;
}

/** SageMaker has no capacity for the instance type, or a quota of the account is used up. */
export class CapacityRefused extends Fault {
  override readonly name = 'CapacityRefused';
  readonly transient = false;
}

/** A role lacks a grant, or a token of GitLab lacks a right. */
export class PermissionRefused extends Fault {
  override readonly name = 'PermissionRefused';
  readonly transient = false;
}

/** A stored record, an environment variable or a service's answer does not have the shape that it must have. */
export class ContractBroken extends Fault {
  override readonly name = 'ContractBroken';
  readonly transient = false;
}

/** Bytes are not those whose digest was recorded. Steps translate it into the outcome `blocked`. */
export class DigestMismatch extends Fault {
  override readonly name = 'DigestMismatch';
  readonly transient = false;
}
