import { ValidationException } from '../errors.ts';
import type { PipelineExecution } from '../state/records.ts';
import type { World } from '../world.ts';
import type { PipelinePlan } from './definition.ts';
import { ReferenceBroken, resolveReferences } from './references.ts';
import { scopeOf } from './scope.ts';

/** An execution with the experiment and trial that its definition names; they are not made here. @throws ValidationException */
export async function withExperiment(
  world: World,
  execution: PipelineExecution,
  plan: PipelinePlan,
): Promise<PipelineExecution> {
  if (plan.experiment === undefined) return execution;
  const { ExperimentName, TrialName } = plan.experiment;
  try {
    const names = await resolveReferences([ExperimentName, TrialName], scopeOf(world, execution, plan));
    const [experiment, trial] = Array.isArray(names) ? names.map(String) : [];
    return { ...execution, experiment: { ExperimentName: experiment, TrialName: trial } };
  } catch (error) {
    if (error instanceof ReferenceBroken) throw new ValidationException(`PipelineExperimentConfig: ${error.message}`);
    throw error;
  }
}
