import type {
  DescribePipelineDefinitionForExecutionRequest,
  DescribePipelineDefinitionForExecutionResponse,
  DescribePipelineExecutionRequest,
  DescribePipelineExecutionResponse,
  ListPipelineExecutionStepsRequest,
  ListPipelineExecutionStepsResponse,
  ListPipelineExecutionsRequest,
  ListPipelineExecutionsResponse,
  ListPipelineParametersForExecutionRequest,
  ListPipelineParametersForExecutionResponse,
  RetryPipelineExecutionRequest,
  StopPipelineExecutionRequest,
  UpdatePipelineExecutionRequest,
} from '@aws-sdk/client-sagemaker';
import type { Checked, CheckedWithToken } from '../api/checked.ts';
import { inOrder, page, sorted } from '../api/paging.ts';
import { ConflictException, ResourceNotFound, ValidationException } from '../errors.ts';
import type { PipelineExecution } from '../state/records.ts';
import type { World } from '../world.ts';
import { findPipeline } from './pipeline.ts';

type ExecutionArn = { PipelineExecutionArn: string };

/** A new parallelism holds at once for the steps that are ready. */
export function updatePipelineExecution(world: World, request: Checked<UpdatePipelineExecutionRequest>): ExecutionArn {
  const execution = findExecution(world, request.PipelineExecutionArn);
  const { PipelineExecutionDisplayName: displayName, PipelineExecutionDescription: description } = request;
  const maxParallelSteps = request.ParallelismConfiguration?.MaxParallelExecutionSteps;
  const changed = {
    ...execution,
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...(maxParallelSteps === undefined ? {} : { maxParallelSteps }),
  };
  world.executions.begin(changed, execution.status);
  return { PipelineExecutionArn: execution.arn };
}

export function stopPipelineExecution(
  world: World,
  request: CheckedWithToken<StopPipelineExecutionRequest>,
): ExecutionArn {
  const execution = findExecution(world, request.PipelineExecutionArn);
  if (execution.status === 'Executing') world.executions.stop(execution);
  else if (execution.status !== 'Stopping' && execution.status !== 'Stopped') {
    throw new ConflictException(
      `Pipeline execution with ARN ${execution.arn} is ${execution.status} and can't be stopped.`,
    );
  }
  return { PipelineExecutionArn: execution.arn };
}

/** Goes on from the steps that failed or were stopped; what succeeded is not run again. */
export function retryPipelineExecution(
  world: World,
  request: CheckedWithToken<RetryPipelineExecutionRequest>,
): ExecutionArn {
  const execution = findExecution(world, request.PipelineExecutionArn);
  if (execution.retryTokens.includes(request.ClientRequestToken)) return { PipelineExecutionArn: execution.arn };
  if (execution.status !== 'Failed' && execution.status !== 'Stopped') {
    throw new ConflictException(
      `Only Failed or Stopped pipeline executions can be retried. Pipeline execution with ARN ${execution.arn} is ${execution.status}.`,
    );
  }
  const again = execution.steps.filter((step) => step.status !== 'Succeeded');
  const { failureReason: _reason, endedAt: _end, ...kept } = execution;
  const maxParallelSteps = request.ParallelismConfiguration?.MaxParallelExecutionSteps;
  world.executions.begin(
    {
      ...kept,
      ...(maxParallelSteps === undefined ? {} : { maxParallelSteps }),
      status: 'Executing',
      steps: execution.steps.filter((step) => step.status === 'Succeeded'),
      formerAttempts: {
        ...execution.formerAttempts,
        ...Object.fromEntries(again.map((step) => [step.name, step.attempt])),
      },
      retryTokens: [...execution.retryTokens, request.ClientRequestToken],
    },
    execution.status,
  );
  return { PipelineExecutionArn: execution.arn };
}

export function describePipelineExecution(
  world: World,
  request: Checked<DescribePipelineExecutionRequest>,
): DescribePipelineExecutionResponse {
  const execution = findExecution(world, request.PipelineExecutionArn);
  return {
    PipelineExperimentConfig: execution.experiment,
    PipelineArn: execution.pipelineArn,
    PipelineExecutionArn: execution.arn,
    PipelineExecutionDisplayName: execution.displayName,
    PipelineExecutionStatus: execution.status,
    PipelineExecutionDescription: execution.description,
    FailureReason: execution.failureReason,
    CreationTime: execution.createdAt,
    LastModifiedTime: execution.modifiedAt,
    CreatedBy: {},
    LastModifiedBy: {},
    PipelineVersionId: execution.versionId,
    SelectiveExecutionConfig: execution.selection,
    ParallelismConfiguration:
      execution.maxParallelSteps === undefined ? undefined : { MaxParallelExecutionSteps: execution.maxParallelSteps },
  };
}

export function listPipelineExecutions(
  world: World,
  request: Checked<ListPipelineExecutionsRequest>,
): ListPipelineExecutionsResponse {
  const { PipelineArn: pipelineArn } = findPipeline(world, request.PipelineName);
  const { CreatedAfter: after, CreatedBefore: before } = request;
  const found = world.store.executions
    .all()
    .filter((execution) => execution.pipelineArn === pipelineArn)
    .filter(
      (execution) =>
        (after === undefined || execution.createdAt > after) && (before === undefined || execution.createdAt < before),
    );
  const list = sorted(
    found,
    ({ arn, createdAt }) => [request.SortBy === 'PipelineExecutionArn' ? arn : createdAt.getTime(), arn],
    request.SortOrder !== 'Ascending',
  );
  const { items, ...next } = page(list, request);
  return {
    PipelineExecutionSummaries: items.map((execution) => ({
      PipelineExecutionArn: execution.arn,
      StartTime: execution.createdAt,
      PipelineExecutionStatus: execution.status,
      PipelineExecutionDescription: execution.description,
      PipelineExecutionDisplayName: execution.displayName,
      PipelineExecutionFailureReason: execution.failureReason,
    })),
    ...next,
  };
}

/** Steps that have started, the newest first unless asked otherwise. */
export function listPipelineExecutionSteps(
  world: World,
  request: Checked<ListPipelineExecutionStepsRequest>,
): Checked<ListPipelineExecutionStepsResponse> {
  if (request.PipelineExecutionArn === undefined) throw new ValidationException('PipelineExecutionArn is required.');
  const { steps } = findExecution(world, request.PipelineExecutionArn);
  const places = new Map(steps.map((step, index) => [step, index]));
  const list = sorted(steps, (step) => [places.get(step) ?? 0, step.name], request.SortOrder !== 'Ascending');
  const { items, ...next } = page(list, request);
  return {
    PipelineExecutionSteps: items.map((step) => ({
      StepName: step.name,
      StepDisplayName: step.displayName,
      StepDescription: step.description,
      StartTime: step.startedAt,
      EndTime: step.endedAt,
      StepStatus: step.status,
      FailureReason: step.failureReason,
      Metadata: step.metadata,
      AttemptCount: step.attempt,
      CacheHitResult:
        step.cachedFrom === undefined || step.takenFrom !== undefined
          ? undefined
          : { SourcePipelineExecutionArn: step.cachedFrom },
      SelectiveExecutionResult:
        step.takenFrom === undefined ? undefined : { SourcePipelineExecutionArn: step.takenFrom },
    })),
    ...next,
  };
}

export function listPipelineParametersForExecution(
  world: World,
  request: Checked<ListPipelineParametersForExecutionRequest>,
): ListPipelineParametersForExecutionResponse {
  const { items, ...next } = page(inOrder(findExecution(world, request.PipelineExecutionArn).parameters), request);
  return { PipelineParameters: items, ...next };
}

export function describePipelineDefinitionForExecution(
  world: World,
  request: Checked<DescribePipelineDefinitionForExecutionRequest>,
): DescribePipelineDefinitionForExecutionResponse {
  const execution = findExecution(world, request.PipelineExecutionArn);
  return { PipelineDefinition: execution.definition, CreationTime: execution.createdAt };
}

/** @throws ResourceNotFound */
export function findExecution(world: World, arn: string): PipelineExecution {
  const execution = world.store.executions.get(arn);
  if (execution === undefined) throw new ResourceNotFound(`Pipeline execution with ARN '${arn}' does not exist.`);
  return execution;
}
