import type { CreateProcessingJobRequest, CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import { checkRequest, isFields } from '../api/check-request.ts';
import type { Checked } from '../api/checked.ts';
import { createProcessingJob, stopProcessingJob } from '../resources/processing-job.ts';
import { createTrainingJob, stopTrainingJob } from '../resources/training-job.ts';
import type { PipelineExecution, PipelineStep } from '../state/records.ts';
import type { World } from '../world.ts';
import type { PipelinePlan, PlannedStep } from './definition.ts';
import { exceptionInReason, invoke } from './invoke.ts';
import { resolveReferences } from './references.ts';
import { resourceName } from './resource-name.ts';
import { resourceTags } from './resource-tags.ts';
import { scopeOf } from './scope.ts';
import { cachedRun, cacheKeyOf } from './step-cache.ts';
import { StepFailed } from './step-failed.ts';
import { processingJobOf, trainingJobOf } from './step-resource.ts';

type Metadata = PipelineStep['metadata'];
type StartedJob = Pick<PipelineStep, 'metadata' | 'cacheKey' | 'cachedFrom'>;

/** Starts the job of a step, which goes on by itself, or finds the former run that serves as well. @throws StepFailed, ReferenceBroken */
export async function startJob(
  world: World,
  execution: PipelineExecution,
  plan: PipelinePlan,
  step: PlannedStep,
): Promise<StartedJob> {
  const nameMember = step.type === 'Training' ? 'TrainingJobName' : 'ProcessingJobName';
  const prefix = await resolveReferences(step.arguments[nameMember], scopeOf(world, execution, plan));
  const name = resourceName(execution, step, prefix, world.newId(10));
  const resolved = await resolveReferences(
    step.arguments,
    scopeOf(world, execution, plan, { TrainingJobName: name, ProcessingJobName: name }),
  );
  const cacheKey = cacheKeyOf(step.type, resolved);
  const known = cacheKey === undefined ? {} : { cacheKey };
  if (step.cachedForMs !== undefined) {
    const former = cachedRun(world, execution, step, cacheKey);
    if (former !== undefined) return { ...known, metadata: former.step.metadata, cachedFrom: former.execution.arn };
  }
  const request = {
    RoleArn: execution.roleArn,
    ...(isFields(resolved) ? resolved : {}),
    Tags: resourceTags(execution, step, resolved),
    [nameMember]: name,
  };
  return { ...known, metadata: createJob(world, step, request) };
}

function createJob(world: World, step: PlannedStep, request: unknown): Metadata {
  if (step.type === 'Training') {
    return invoke(world, 'CreateTrainingJob', () => {
      const checked = checkRequest(world.model, 'CreateTrainingJobRequest', request);
      const { TrainingJobArn: Arn } = createTrainingJob(world, checked as Checked<CreateTrainingJobRequest>);
      return { TrainingJob: { Arn } };
    });
  }
  return invoke(world, 'CreateProcessingJob', () => {
    const checked = checkRequest(world.model, 'CreateProcessingJobRequest', request);
    const { ProcessingJobArn: Arn } = createProcessingJob(world, checked as Checked<CreateProcessingJobRequest>);
    return { ProcessingJob: { Arn } };
  });
}

/** Waits for a step's job. @throws StepFailed when it did not complete */
export async function jobEnded(world: World, metadata: Metadata): Promise<'Succeeded' | 'Stopped'> {
  const arn = metadata.TrainingJob?.Arn ?? metadata.ProcessingJob?.Arn ?? '';
  await world.jobs.finished(arn);
  const end = metadata.TrainingJob === undefined ? endOfProcessing(world, metadata) : endOfTraining(world, metadata);
  if (end.status === 'Completed') return 'Succeeded';
  if (end.status === 'Stopped' && end.reason === undefined) return 'Stopped';
  const reason = end.reason ?? `ClientError: The job ${arn} ended as ${end.status}.`;
  throw new StepFailed(reason, { exception: exceptionInReason(reason) });
}

/** Stops the job of a step that is running, if it has one. */
export function stopJobOf(world: World, { metadata }: PipelineStep): void {
  const training = trainingJobOf(world, metadata);
  if (training?.TrainingJobStatus === 'InProgress')
    stopTrainingJob(world, { TrainingJobName: training.TrainingJobName });
  const processing = processingJobOf(world, metadata);
  if (processing?.ProcessingJobStatus === 'InProgress')
    stopProcessingJob(world, { ProcessingJobName: processing.ProcessingJobName });
}

type End = { status: string; reason?: string };

function endOfTraining(world: World, metadata: Metadata): End {
  const job = trainingJobOf(world, metadata);
  if (job === undefined) return { status: 'lost' };
  if (job.SecondaryStatus === 'MaxRuntimeExceeded') {
    const limit = job.StoppingCondition.MaxRuntimeInSeconds;
    return {
      status: 'Stopped',
      reason: `MaxRuntimeExceeded: the training job ran longer than its MaxRuntimeInSeconds of ${limit} and was stopped.`,
    };
  }
  return { status: job.TrainingJobStatus, ...(job.FailureReason === undefined ? {} : { reason: job.FailureReason }) };
}

function endOfProcessing(world: World, metadata: Metadata): End {
  const job = processingJobOf(world, metadata);
  if (job === undefined) return { status: 'lost' };
  return { status: job.ProcessingJobStatus, ...(job.FailureReason === undefined ? {} : { reason: job.FailureReason }) };
}
