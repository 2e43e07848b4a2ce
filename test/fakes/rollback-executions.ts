import type { RollbackExecutions } from '../../shared/ports/rollbacks.ts';
import { fakeNamedExecutions } from './executions.ts';

export function fakeRollbackExecutions() {
  return fakeNamedExecutions<Parameters<RollbackExecutions['start']>[1]>();
}
