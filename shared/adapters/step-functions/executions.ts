import type { Executions } from '../../ports/executions.ts';
import { namedExecutions, type WorkflowPlace } from './named-executions.ts';

export function stepFunctionsExecutions(place: WorkflowPlace): Executions {
  const lifecycle = namedExecutions(place, 'model-lifecycle');
  return { startLifecycle: lifecycle.start, lifecycleStatus: lifecycle.status };
}
