import { errorCode } from '../../world/error-code.ts';
import { ObjectUnavailable } from '../aws/object-store.ts';
import { ArchiveRefused } from './archives.ts';
import { JobFailed } from './job-failed.ts';
import type { JobStage } from './job-plan.ts';

/** A FailureReason has at most 1,024 characters. */
export const LONGEST_REASON = 1024;

/** The service's own words for a container that needed more memory than its instance has. */
export const OUT_OF_MEMORY =
  'ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance., exit code: 137';

const INTERNAL = 'InternalServerError: We encountered an internal error. Please try again.';

/** A job that ran when the server ended has ended with it. It fails as if the service had lost its instance. */
export const SERVER_ENDED = `${INTERNAL} (The local SageMaker ended while this job ran, and the job's processes with it.)`;

/** On the service the script itself would meet this error; here it is stopped once it has written too much. */
export function volumeFull(volumeGb: number): string {
  return `AlgorithmError: No space left on device: /opt/ml holds more than the VolumeSizeInGB of ${volumeGb}. Increase it, or write less., exit code: 137`;
}

/** Why a job that threw failed, in the words of the service where it has some. */
export function reasonOf(error: unknown, stage: JobStage | undefined): string {
  if (error instanceof JobFailed) return shorten(error.message);
  if (error instanceof ArchiveRefused) return shorten(`ClientError: ${error.message}`);
  if (error instanceof ObjectUnavailable)
    return shorten(
      `ClientError: ${stage === 'uploading' ? 'Artifact upload' : 'Data download'} failed:${error.message}`,
    );
  const unstartable = stage === 'running' ? errorCode(error) : undefined;
  if (unstartable === 'E2BIG')
    return "ClientError: The container can't be started: its arguments and environment variables are too long (Argument list too long).";
  if (unstartable === 'ERR_INVALID_ARG_VALUE')
    return "ClientError: The container can't be started: an argument or environment variable holds a NUL character.";
  return shorten(`${INTERNAL} (${String(error)})`);
}

export function shorten(reason: string): string {
  return reason.length <= LONGEST_REASON ? reason : `${reason.slice(0, LONGEST_REASON - 1)}…`;
}
