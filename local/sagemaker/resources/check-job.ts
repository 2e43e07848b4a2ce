import type { CreateProcessingJobRequest, CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';
import { compileMetrics } from '../jobs/metric-definitions.ts';

/** What SageMaker asks of a training job beyond its service model. @throws ValidationException */
export function requireTrainable(request: Checked<CreateTrainingJobRequest>): void {
  const { AlgorithmSpecification: algorithm, ResourceConfig: resources, StoppingCondition: stopping } = request;
  if ((algorithm?.TrainingImage === undefined) === (algorithm?.AlgorithmName === undefined))
    throw new ValidationException('You must specify exactly one of TrainingImage and AlgorithmName.');
  if (resources === undefined) throw new ValidationException('ResourceConfig is required: say what the job runs on.');
  const waitSeconds = stopping?.MaxWaitTimeInSeconds;
  if (request.EnableManagedSpotTraining) {
    if (waitSeconds === undefined || waitSeconds < (stopping?.MaxRuntimeInSeconds ?? 0))
      throw new ValidationException(
        'Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds.',
      );
  } else if (waitSeconds !== undefined) {
    throw new ValidationException(
      'Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true',
    );
  }
  const channels = (request.InputDataConfig ?? []).map((channel) => channel.ChannelName);
  requireUnique(channels, 'Channel names');
  const noFolder = channels.find((name) => name === '.' || name === '..');
  if (noFolder !== undefined) throw new ValidationException(`The channel name ${noFolder} can't be that of a folder.`);
  const checkpoints = request.CheckpointConfig?.LocalPath;
  if (checkpoints !== undefined && (checkpoints === '/opt/ml/' || !isBelow(checkpoints, '/opt/ml/')))
    throw new ValidationException(
      `The CheckpointConfig.LocalPath ${checkpoints} is invalid: it must be a folder below /opt/ml/.`,
    );
  compileMetrics(algorithm?.MetricDefinitions);
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder) && !path.split('/').includes('..');
}

const PROCESSING = '/opt/ml/processing/';

/** What SageMaker asks of a processing job beyond its service model. @throws ValidationException */
export function requireProcessable(request: Checked<CreateProcessingJobRequest>): void {
  const inputs = request.ProcessingInputs ?? [];
  const outputs = request.ProcessingOutputConfig?.Outputs ?? [];
  const { InstanceType, InstancePreferences } = request.ProcessingResources.ClusterConfig;
  if (InstanceType === undefined && InstancePreferences === undefined)
    throw new ValidationException('Give ProcessingResources.ClusterConfig.InstanceType.');
  requireUnique(
    inputs.map((input) => input.InputName),
    'Input names',
  );
  requireUnique(
    outputs.map((output) => output.OutputName),
    'Output names',
  );
  const places = [...inputs.map((input) => input.S3Input), ...outputs.map((output) => output.S3Output)];
  const paths = places.flatMap((place) => place?.LocalPath ?? []);
  requireUnique(paths, 'Local paths of inputs and outputs');
  const elsewhere = paths.find((path) => !isBelow(path, PROCESSING));
  if (elsewhere !== undefined)
    throw new ValidationException(`The LocalPath ${elsewhere} is invalid: it must begin with ${PROCESSING}.`);
  for (const { S3Input, AppManaged, InputName } of inputs) {
    if (S3Input !== undefined && S3Input.LocalPath === undefined && !AppManaged)
      throw new ValidationException(`The input ${InputName} needs a LocalPath, because AppManaged is False.`);
  }
  for (const input of inputs) {
    if ((input.S3Input === undefined) === (input.DatasetDefinition === undefined))
      throw new ValidationException(
        `The input ${input.InputName} must have exactly one of S3Input and DatasetDefinition.`,
      );
  }
}

function requireUnique(names: string[], what: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ValidationException(`${what} must be unique within a job: ${twice} is there twice.`);
}
