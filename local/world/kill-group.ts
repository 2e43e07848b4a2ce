import { errorCode } from './error-code.ts';

/** Ends every process of a group at once. A group may outlive its leader; one without members is no error. */
export function killGroup(id: number): void {
  try {
    process.kill(-id, 'SIGKILL');
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}
