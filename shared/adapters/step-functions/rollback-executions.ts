import type { RollbackExecutions } from '../../ports/rollbacks.ts';
import { namedExecutions, type WorkflowPlace } from './named-executions.ts';

export function stepFunctionsRollbackExecutions(place: WorkflowPlace): RollbackExecutions {
  return namedExecutions(place, 'endpoint-rollback');
}
