import type { CreateProcessingJobRequest, CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import { checkRequest, isFields } from '../api/check-request.ts';
import type { Checked } from '../api/checked.ts';
import { resourceOfArn } from '../arns.ts';
import { underPrefix } from '../aws/s3-uri.ts';
import { isRefusal, ValidationException } from '../errors.ts';
import { createProcessingJob } from '../resources/processing-job.ts';
import { createTrainingJob } from '../resources/training-job.ts';
import type { PipelineExecution, PipelineStep } from '../state/records.ts';
import type { World } from '../world.ts';
import { callbackProperties } from './callback-outputs.ts';
import { conditionsHold } from './conditions.ts';
import type { PipelinePlan, PlannedStep } from './definition.ts';
import { typedParameters } from './parameters.ts';
import { ReferenceBroken, type ReferenceScope, resolveReferences } from './references.ts';

/** A step failed before or without a job of its own; the message is its FailureReason. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

type Metadata = PipelineStep['metadata'];

/** Starts a job step and answers its metadata; the job goes on by itself. @throws StepFailed, ReferenceBroken */
export async function startJob(
  world: World,
  execution: PipelineExecution,
  plan: PipelinePlan,
  step: PlannedStep,
): Promise<Metadata> {
  const resolved = await resolveReferences(step.arguments, scopeOf(world, execution, plan));
  const request = {
    RoleArn: execution.roleArn,
    ...(isFields(resolved) ? resolved : {}),
    Tags: tagsOf(execution, step, resolved),
  };
  const name = jobName(execution, step, world.newId(10));
  const operation = step.type === 'Training' ? 'CreateTrainingJob' : 'CreateProcessingJob';
  try {
    world.faults.requireUnthrottled(operation);
    if (operation === 'CreateTrainingJob') {
      const checked = checkRequest(world.model, 'CreateTrainingJobRequest', { ...request, TrainingJobName: name });
      const { TrainingJobArn } = createTrainingJob(world, checked as Checked<CreateTrainingJobRequest>);
      return { TrainingJob: { Arn: TrainingJobArn } };
    }
    const checked = checkRequest(world.model, 'CreateProcessingJobRequest', { ...request, ProcessingJobName: name });
    const { ProcessingJobArn } = createProcessingJob(world, checked as Checked<CreateProcessingJobRequest>);
    return { ProcessingJob: { Arn: ProcessingJobArn } };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new StepFailed(`ClientError: Failed to invoke sagemaker:${operation}. Error Details: ${error.message}`, {
      cause: error,
    });
  }
}

/** Waits for a step's job. @throws StepFailed when it did not complete */
export async function jobEnded(world: World, metadata: Metadata): Promise<'Succeeded' | 'Stopped'> {
  const arn = metadata.TrainingJob?.Arn ?? metadata.ProcessingJob?.Arn ?? '';
  await world.jobs.finished(arn);
  const end = metadata.TrainingJob === undefined ? endOfProcessing(world, arn) : endOfTraining(world, arn);
  if (end.status === 'Completed') return 'Succeeded';
  if (end.status === 'Stopped' && end.reason === undefined) return 'Stopped';
  throw new StepFailed(end.reason ?? `ClientError: The job ${arn} ended as ${end.status}.`);
}

export async function evaluateCondition(
  world: World,
  execution: PipelineExecution,
  plan: PipelinePlan,
  step: PlannedStep,
): Promise<Metadata> {
  const resolved = await resolveReferences(step.arguments.Conditions, scopeOf(world, execution, plan));
  return { Condition: { Outcome: conditionsHold(resolved) ? 'True' : 'False' } };
}

/** The message of a Fail step. */
export async function failureMessage(
  world: World,
  execution: PipelineExecution,
  plan: PipelinePlan,
  step: PlannedStep,
): Promise<string> {
  const resolved = await resolveReferences(step.arguments.ErrorMessage ?? '', scopeOf(world, execution, plan));
  return String(resolved);
}

/** The reason of a step that threw. */
export function reasonOf(error: unknown): string {
  if (error instanceof StepFailed || error instanceof ReferenceBroken) return error.message;
  if (error instanceof ValidationException) return `ClientError: ${error.message}`;
  return `InternalServerError: ${String(error)}`;
}

function endOfTraining(world: World, arn: string): { status: string; reason?: string } {
  const job = world.store.trainingJobs.all().find((candidate) => candidate.TrainingJobArn === arn);
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

function endOfProcessing(world: World, arn: string): { status: string; reason?: string } {
  const job = world.store.processingJobs.all().find((candidate) => candidate.ProcessingJobArn === arn);
  if (job === undefined) return { status: 'lost' };
  return { status: job.ProcessingJobStatus, ...(job.FailureReason === undefined ? {} : { reason: job.FailureReason }) };
}

/** What the references of a step can reach now. */
export function scopeOf(world: World, execution: PipelineExecution, plan: PipelinePlan): ReferenceScope {
  const readJson = async (uri: string): Promise<unknown> => {
    try {
      return JSON.parse(await world.objects.readText(uri));
    } catch (error) {
      throw new ReferenceBroken(`ClientError: ${uri} can't be read as JSON: ${String(error)}`, { cause: error });
    }
  };
  const stepProperties = (name: string) =>
    callbackProperties(execution, plan, name) ?? propertiesOf(world, execution, name);
  return {
    parameters: typedParameters(plan.parameters, execution.parameters),
    execution: {
      PipelineExecutionId: execution.id,
      PipelineExecutionArn: execution.arn,
      PipelineName: execution.pipelineName,
      PipelineArn: execution.pipelineArn,
      StartDateTime: execution.createdAt.toISOString(),
      CurrentDateTime: world.now().toISOString(),
    },
    stepProperties,
    readJson,
    propertyFile: (step, name) => readJson(propertyFileUri(plan, step, name, stepProperties(step))),
  };
}

function propertyFileUri(plan: PipelinePlan, stepName: string, name: string, properties: unknown): string {
  const step = plan.steps.find((candidate) => candidate.name === stepName);
  const file = step?.propertyFiles.find((candidate) => candidate.PropertyFileName === name);
  const config =
    isFields(properties) && isFields(properties.ProcessingOutputConfig)
      ? properties.ProcessingOutputConfig.Outputs
      : [];
  const output = Array.isArray(config)
    ? config.find((candidate) => candidate.OutputName === file?.OutputName)
    : undefined;
  if (file === undefined || typeof output?.S3Output?.S3Uri !== 'string') {
    throw new ReferenceBroken(
      `ClientError: The step ${stepName} has no property file ${name} with an output of its own.`,
    );
  }
  return underPrefix(output.S3Output.S3Uri, file.FilePath);
}

function propertiesOf(world: World, execution: PipelineExecution, name: string): unknown {
  const metadata = execution.steps.find((step) => step.name === name)?.metadata;
  const training = metadata?.TrainingJob?.Arn;
  if (training !== undefined) return world.store.trainingJobs.all().find((job) => job.TrainingJobArn === training);
  const processing = metadata?.ProcessingJob?.Arn;
  if (processing !== undefined)
    return world.store.processingJobs.all().find((job) => job.ProcessingJobArn === processing);
  return metadata?.Condition;
}

/** `pipelines-<execution>-<step>-<random>`, at most 63 characters. */
function jobName(execution: PipelineExecution, step: PlannedStep, random: string): string {
  const short = step.name
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 28)
    .replaceAll(/^-+|-+$/g, '');
  return `pipelines-${execution.id}-${short}-${random}`;
}

function tagsOf(execution: PipelineExecution, step: PlannedStep, resolved: unknown): unknown[] {
  const own = isFields(resolved) && Array.isArray(resolved.Tags) ? resolved.Tags : [];
  return [
    ...own,
    { Key: 'sagemaker:pipeline-execution-arn', Value: execution.arn },
    { Key: 'sagemaker:pipeline-step-name', Value: step.name },
    { Key: 'sagemaker:pipeline-name', Value: resourceOfArn(execution.pipelineArn) },
  ];
}
