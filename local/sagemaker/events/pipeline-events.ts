import { isFields } from '../api/check-request.ts';
import type { PipelineExecution, PipelineStep } from '../state/records.ts';
import type { SageMakerEvent } from './event-sender.ts';

/** Pipeline events have camelCase members and ISO times, unlike all the others. */
export function executionChanged(execution: PipelineExecution, previous: string | undefined, at: Date): SageMakerEvent {
  return {
    detailType: 'Model Building Pipeline Execution Status Change',
    resources: [execution.pipelineArn, execution.arn],
    at,
    detail: {
      pipelineArn: execution.pipelineArn,
      pipelineExecutionArn: execution.arn,
      pipelineExecutionDisplayName: execution.displayName,
      pipelineExecutionDescription: execution.description,
      currentPipelineExecutionStatus: execution.status,
      previousPipelineExecutionStatus: previous,
      executionStartTime: isoSeconds(execution.createdAt),
      executionEndTime: isoSeconds(execution.endedAt),
    },
  };
}

export function stepChanged(
  execution: PipelineExecution,
  step: PipelineStep,
  previous: string | undefined,
  at: Date,
): SageMakerEvent {
  return {
    detailType: 'Model Building Pipeline Execution Step Status Change',
    resources: [execution.pipelineArn, execution.arn],
    at,
    detail: {
      pipelineArn: execution.pipelineArn,
      pipelineExecutionArn: execution.arn,
      stepName: step.name,
      stepType: step.type,
      currentStepStatus: step.status,
      previousStepStatus: previous,
      stepStartTime: isoSeconds(step.startedAt),
      stepEndTime: isoSeconds(step.endedAt),
      failureReason: step.failureReason,
      cacheHitResult: step.cachedFrom === undefined ? undefined : { sourcePipelineExecutionArn: step.cachedFrom },
      metadata: camelCase(step.metadata),
    },
  };
}

/** `2021-03-15T16:03:14Z` */
export function isoSeconds(time: Date | undefined): string | undefined {
  return time?.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.charAt(0).toLowerCase() + key.slice(1), camelCase(item)]),
  );
}
