import { isFields } from '../api/check-request.ts';
import { resourceOfArn } from '../arns.ts';
import type { PipelineExecution } from '../state/records.ts';
import type { PlannedStep } from './definition.ts';

/** The tags of what a step makes: its own, and from which pipeline it comes. */
export function resourceTags(execution: PipelineExecution, step: PlannedStep, resolvedArguments: unknown): unknown[] {
  const own = isFields(resolvedArguments) && Array.isArray(resolvedArguments.Tags) ? resolvedArguments.Tags : [];
  return [
    ...own,
    { Key: 'sagemaker:pipeline-execution-arn', Value: execution.arn },
    { Key: 'sagemaker:pipeline-step-name', Value: step.name },
    { Key: 'sagemaker:pipeline-name', Value: resourceOfArn(execution.pipelineArn) },
  ];
}
