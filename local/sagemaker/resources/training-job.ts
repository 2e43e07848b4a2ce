import type {
  CreateTrainingJobRequest,
  CreateTrainingJobResponse,
  DeleteTrainingJobRequest,
  DescribeTrainingJobRequest,
  ListTrainingJobsRequest,
  ListTrainingJobsResponse,
  SecondaryStatus,
  StopTrainingJobRequest,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { page, select } from '../api/paging.ts';
import { ResourceInUse, ResourceNotFound, ValidationException } from '../errors.ts';
import { trainingJobChanged } from '../events/job-events.ts';
import { endedWithServer } from '../jobs/ended-with-server.ts';
import type { JobOutcome } from '../jobs/job-plan.ts';
import { compileMetrics } from '../jobs/metric-definitions.ts';
import { MetricReader } from '../jobs/metric-reader.ts';
import { readMessage } from '../jobs/opt-ml.ts';
import { commandLineOf, readScriptMode, scriptFailure } from '../jobs/script-mode.ts';
import { prepareTraining, volumeGbOf } from '../jobs/training-contract.ts';
import { artifactUriOf, collectTraining } from '../jobs/training-output.ts';
import { instancesInUse } from '../quotas.ts';
import type { TrainingJob } from '../state/records.ts';
import type { World } from '../world.ts';
import { requireTrainable } from './check-job.ts';
import { forgetTags, setTags, tagMap } from './tags.ts';

const LOG_GROUP = '/aws/sagemaker/TrainingJobs';
const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;

const MESSAGES: Partial<Record<SecondaryStatus, string>> = {
  Starting: 'Starting the training job',
  Downloading: 'Downloading input data',
  Training: 'Training image download completed. Training in progress.',
  Uploading: 'Uploading generated training model',
  Restarting: 'Restarting the training job after an internal error',
  Stopping: 'Stopping the training job',
  Completed: 'Training job completed',
  Failed: 'Training job failed',
  Stopped: 'Training job stopped',
  MaxRuntimeExceeded: 'Training job runtime exceeded MaxRuntimeInSeconds provided',
};

export function createTrainingJob(
  world: World,
  request: Checked<CreateTrainingJobRequest>,
): Checked<CreateTrainingJobResponse> {
  const { Tags: tags, ModelPackageConfig: _modelPackageConfig, ...given } = request;
  const arn = world.arns.of('training-job', request.TrainingJobName);
  if (world.store.trainingJobs.get(keyOf(request.TrainingJobName)) !== undefined) {
    throw new ResourceInUse(
      `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
    );
  }
  requireTrainable(request);
  const { InstanceType, InstanceCount } = request.ResourceConfig ?? {};
  world.quotas.require(InstanceType, 'training job usage', InstanceCount ?? 1, inUse(world, InstanceType));
  const at = world.now();
  setTags(world, arn, tags);
  const job: TrainingJob = {
    ...given,
    EnableNetworkIsolation: given.EnableNetworkIsolation ?? false,
    EnableInterContainerTrafficEncryption: given.EnableInterContainerTrafficEncryption ?? false,
    EnableManagedSpotTraining: given.EnableManagedSpotTraining ?? false,
    OutputDataConfig: withDefaults(given.OutputDataConfig),
    StoppingCondition: given.StoppingCondition ?? { MaxRuntimeInSeconds: DEFAULT_MAX_RUNTIME_SECONDS },
    TrainingJobArn: arn,
    TrainingJobStatus: 'InProgress',
    SecondaryStatus: 'Starting',
    SecondaryStatusTransitions: [],
    ModelArtifacts: { S3ModelArtifacts: artifactUriOf(given) },
    CreationTime: at,
    LastModifiedTime: at,
  };
  launch(world, move(world, job, 'Starting'));
  return { TrainingJobArn: arn };
}

/** The service shows a key even where none is given, and clients read it. */
function withDefaults(output: TrainingJob['OutputDataConfig']): TrainingJob['OutputDataConfig'] {
  return output === undefined ? undefined : { KmsKeyId: '', CompressionType: 'GZIP', ...output };
}

export function describeTrainingJob(world: World, request: Checked<DescribeTrainingJobRequest>): TrainingJob {
  return find(world, request.TrainingJobName);
}

export function stopTrainingJob(world: World, request: Checked<StopTrainingJobRequest>): Record<string, never> {
  const job = find(world, request.TrainingJobName);
  if (job.TrainingJobStatus === 'Stopping') return {};
  if (job.TrainingJobStatus !== 'InProgress') {
    throw new ValidationException(
      `The request was rejected because the training job is in status ${job.TrainingJobStatus}.`,
    );
  }
  move(world, { ...job, TrainingJobStatus: 'Stopping' }, 'Stopping');
  world.jobs.stop(job.TrainingJobArn);
  return {};
}

/** Only a job that has ended can go; its name is then free again. */
export function deleteTrainingJob(world: World, request: Checked<DeleteTrainingJobRequest>): Record<string, never> {
  const job = find(world, request.TrainingJobName);
  if (job.TrainingJobStatus === 'InProgress' || job.TrainingJobStatus === 'Stopping') {
    throw new ResourceInUse(
      `The training job ${job.TrainingJobArn} is in status ${job.TrainingJobStatus}: only ended jobs can be deleted.`,
    );
  }
  world.store.trainingJobs.delete(keyOf(job.TrainingJobName));
  forgetTags(world, job.TrainingJobArn);
  return {};
}

/** With MaxResults, StatusEquals chooses among the jobs of a page and not of all, as the service says of this list. */
export function listTrainingJobs(
  world: World,
  request: Checked<ListTrainingJobsRequest>,
): Checked<ListTrainingJobsResponse> {
  const { StatusEquals: status, ...others } = request;
  const jobs = select(
    world.store.trainingJobs
      .all()
      .filter(
        (job) =>
          job.WarmPoolStatus?.Status === request.WarmPoolStatusEquals || request.WarmPoolStatusEquals === undefined,
      )
      .filter(
        (job) =>
          job.ResourceConfig?.TrainingPlanArn === request.TrainingPlanArnEquals ||
          request.TrainingPlanArnEquals === undefined,
      ),
    (job) => ({
      name: job.TrainingJobName,
      created: job.CreationTime,
      modified: job.LastModifiedTime ?? job.CreationTime,
      status: job.TrainingJobStatus,
    }),
    request.MaxResults === undefined ? request : others,
    'Ascending',
  );
  const { items, ...next } = page(jobs, request);
  const shown = items.filter((job) => status === undefined || job.TrainingJobStatus === status);
  return { TrainingJobSummaries: shown, ...next };
}

/** Takes up what a former run of the server left: jobs that had their turn ended with it, those that waited for theirs go on. */
export function resumeTrainingJobs(world: World): void {
  for (const job of world.store.trainingJobs.all()) {
    const { TrainingJobStatus: status, TrainingJobName: name } = job;
    if (status !== 'InProgress' && status !== 'Stopping') continue;
    if (status === 'InProgress' && job.TrainingStartTime === undefined) launch(world, job);
    else if (status === 'InProgress' && mayRestart(job)) launch(world, move(world, job, 'Restarting'));
    else {
      finish(world, job, endedWithServer(status));
      void world.jobs.closeLog({ kind: 'training', name, logGroup: LOG_GROUP });
    }
  }
}

/** A RetryStrategy is for internal errors, and to lose the server is one. */
function mayRestart({ RetryStrategy: retry, SecondaryStatusTransitions: transitions }: TrainingJob): boolean {
  const restarts = (transitions ?? []).filter(({ Status }) => Status === 'Restarting').length;
  return restarts < (retry?.MaximumRetryAttempts ?? 0);
}

function launch(world: World, job: TrainingJob): void {
  const name = job.TrainingJobName;
  const metrics = new MetricReader(compileMetrics(job.AlgorithmSpecification?.MetricDefinitions), world.log);
  world.jobs.launch({
    arn: job.TrainingJobArn,
    name,
    kind: 'training',
    logGroup: LOG_GROUP,
    instanceType: job.ResourceConfig?.InstanceType,
    volumeGb: volumeGbOf(job),
    maxRuntimeSeconds: job.StoppingCondition.MaxRuntimeInSeconds ?? DEFAULT_MAX_RUNTIME_SECONDS,
    requireCapacity: () => world.faults.requireJobCapacity('training', job.ResourceConfig?.InstanceType),
    entered: (stage) => {
      const current = find(world, name);
      if (current.TrainingJobStatus === 'Stopping') return;
      if (stage === 'downloading') move(world, { ...current, TrainingStartTime: world.now() }, 'Downloading');
      if (stage === 'running') move(world, current, 'Training');
      if (stage === 'uploading') move(world, current, 'Uploading');
    },
    prepare: (folder) => prepareTraining(job, folder, world.objects, world.images),
    observe: (lines, at) => void world.jobMetrics.publish(name, metrics.read(lines, at)),
    failureMessage: (folder, code, tail) =>
      scriptFailure(
        readMessage(folder, '/opt/ml/output/failure', '/opt/ml/output/message'),
        code,
        tail,
        commandOf(job),
      ),
    collect: (folder, end) => collectTraining(job, folder, world.objects, end),
    ended: (outcome) => finish(world, find(world, name), outcome, metrics.final()),
  });
}

/** What the job ran, for its FailureReason. */
function commandOf(job: TrainingJob): string {
  const command = job.AlgorithmSpecification?.ContainerEntrypoint ?? commandLineOf(readScriptMode(job));
  return command.join(' ');
}

function finish(
  world: World,
  job: TrainingJob,
  end: JobOutcome,
  metrics: NonNullable<TrainingJob['FinalMetricDataList']> = [],
): void {
  const at = world.now();
  const ended = { ...job, ...timesOf(job, at), ...(metrics.length === 0 ? {} : { FinalMetricDataList: metrics }) };
  if (end.outcome === 'completed') move(world, { ...ended, TrainingJobStatus: 'Completed' }, 'Completed');
  else if (end.outcome === 'failed')
    move(world, { ...ended, TrainingJobStatus: 'Failed', FailureReason: end.reason }, 'Failed');
  else
    move(world, { ...ended, TrainingJobStatus: 'Stopped' }, end.because === 'asked' ? 'Stopped' : 'MaxRuntimeExceeded');
}

/** A job that never had an instance costs nothing. */
function timesOf({ TrainingStartTime: start }: TrainingJob, at: Date): Partial<TrainingJob> {
  if (start === undefined) return { TrainingEndTime: at };
  const seconds = Math.max(1, Math.round((at.getTime() - start.getTime()) / 1000));
  return { TrainingEndTime: at, TrainingTimeInSeconds: seconds, BillableTimeInSeconds: seconds };
}

const ENDS: SecondaryStatus[] = ['Completed', 'Failed', 'Stopped', 'MaxRuntimeExceeded'];

/** Enters a secondary status: ends the transition before it, begins the next. */
function move(world: World, job: TrainingJob, to: SecondaryStatus): TrainingJob {
  const at = world.now();
  const before = (job.SecondaryStatusTransitions ?? []).map((transition) =>
    transition.EndTime ? transition : { ...transition, EndTime: at },
  );
  const next = {
    Status: to,
    StartTime: at,
    ...(ENDS.includes(to) ? { EndTime: at } : {}),
    StatusMessage: MESSAGES[to],
  };
  const moved: TrainingJob = {
    ...job,
    SecondaryStatus: to,
    LastModifiedTime: at,
    SecondaryStatusTransitions: [...before, next],
  };
  world.store.trainingJobs.put(keyOf(job.TrainingJobName), moved);
  world.events.send(trainingJobChanged(moved, tagMap(world, job.TrainingJobArn), at));
  return moved;
}

/** Job names differ in more than case. */
function keyOf(name: string): string {
  return name.toLowerCase();
}

function find(world: World, name: string): TrainingJob {
  const job = world.store.trainingJobs.get(keyOf(name));
  if (job === undefined) throw new ResourceNotFound('Requested resource not found.');
  return job;
}

function inUse(world: World, type: string | undefined): number {
  const jobs = world.store.trainingJobs.all().map((job) => ({
    status: job.TrainingJobStatus,
    type: job.ResourceConfig?.InstanceType,
    count: job.ResourceConfig?.InstanceCount,
  }));
  return instancesInUse(jobs, type);
}
