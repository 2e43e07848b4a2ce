import { SERVER_ENDED } from './failure-reason.ts';
import type { JobOutcome } from './job-plan.ts';

/** How a job ended that had its turn when the server ended: its processes were killed, and one that was being stopped has what it was to have. */
export function endedWithServer(status: 'InProgress' | 'Stopping'): JobOutcome {
  return status === 'Stopping' ? { outcome: 'stopped', because: 'asked' } : { outcome: 'failed', reason: SERVER_ENDED };
}
