import type { PipelineDefinition, PipelineStep } from './pipeline-definition.ts';

/** The definition without SageMaker's step cache: everything is computed anew, on the data of today. */
export function stripCaching(definition: PipelineDefinition): PipelineDefinition {
  return { ...definition, Steps: definition.Steps.map(stripStep) };
}

function stripStep(step: PipelineStep): PipelineStep {
  if (step.Type === 'Fail') return step;
  if (step.Type === 'Condition') {
    const { IfSteps, ElseSteps, ...rest } = step.Arguments;
    return {
      ...step,
      Arguments: { ...rest, IfSteps: IfSteps.map(stripStep), ElseSteps: ElseSteps.map(stripStep) },
    };
  }
  const { CacheConfig: _, ...uncached } = step;
  return uncached;
}
