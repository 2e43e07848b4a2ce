import type {
  CreateProcessingJobRequest,
  CreateProcessingJobResponse,
  DeleteProcessingJobRequest,
  DescribeProcessingJobRequest,
  ListProcessingJobsRequest,
  ListProcessingJobsResponse,
  StopProcessingJobRequest,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { page, select } from '../api/paging.ts';
import { ResourceInUse, ResourceNotFound, ValidationException } from '../errors.ts';
import { processingJobChanged } from '../events/job-events.ts';
import { endedWithServer } from '../jobs/ended-with-server.ts';
import type { JobOutcome } from '../jobs/job-plan.ts';
import { readMessage } from '../jobs/opt-ml.ts';
import { collectProcessing, prepareProcessing } from '../jobs/processing-contract.ts';
import { scriptFailure } from '../jobs/script-mode.ts';
import { instancesInUse } from '../quotas.ts';
import type { ProcessingJob } from '../state/records.ts';
import type { World } from '../world.ts';
import { requireProcessable } from './check-job.ts';
import { forgetTags, setTags, tagMap } from './tags.ts';

const LOG_GROUP = '/aws/sagemaker/ProcessingJobs';
const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;

export function createProcessingJob(
  world: World,
  request: Checked<CreateProcessingJobRequest>,
): Checked<CreateProcessingJobResponse> {
  const { Tags: tags, ...given } = request;
  const arn = world.arns.of('processing-job', request.ProcessingJobName);
  if (world.store.processingJobs.get(keyOf(request.ProcessingJobName)) !== undefined) {
    throw new ResourceInUse(
      `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
    );
  }
  requireProcessable(request);
  const { InstanceType, InstanceCount } = request.ProcessingResources.ClusterConfig;
  world.quotas.require(InstanceType, 'processing job usage', InstanceCount ?? 1, inUse(world, InstanceType));
  const at = world.now();
  setTags(world, arn, tags);
  const job = save(world, {
    ...given,
    ProcessingJobArn: arn,
    ProcessingJobStatus: 'InProgress',
    CreationTime: at,
    LastModifiedTime: at,
  });
  launch(world, job);
  return { ProcessingJobArn: arn };
}

export function describeProcessingJob(world: World, request: Checked<DescribeProcessingJobRequest>): ProcessingJob {
  return find(world, request.ProcessingJobName);
}

export function stopProcessingJob(world: World, request: Checked<StopProcessingJobRequest>): Record<string, never> {
  const job = find(world, request.ProcessingJobName);
  if (job.ProcessingJobStatus === 'Stopping') return {};
  if (job.ProcessingJobStatus !== 'InProgress') {
    throw new ValidationException(
      `The request was rejected because the processing job is in status ${job.ProcessingJobStatus}.`,
    );
  }
  save(world, { ...job, ProcessingJobStatus: 'Stopping', LastModifiedTime: world.now() });
  world.jobs.stop(job.ProcessingJobArn);
  return {};
}

/** Only a job that has ended can go; its name is then free again. */
export function deleteProcessingJob(world: World, request: Checked<DeleteProcessingJobRequest>): Record<string, never> {
  const job = find(world, request.ProcessingJobName);
  if (job.ProcessingJobStatus === 'InProgress' || job.ProcessingJobStatus === 'Stopping') {
    throw new ResourceInUse(
      `The processing job ${job.ProcessingJobArn} is in status ${job.ProcessingJobStatus}: only ended jobs can be deleted.`,
    );
  }
  world.store.processingJobs.delete(keyOf(job.ProcessingJobName));
  forgetTags(world, job.ProcessingJobArn);
  return {};
}

export function listProcessingJobs(
  world: World,
  request: Checked<ListProcessingJobsRequest>,
): Checked<ListProcessingJobsResponse> {
  const jobs = select(
    world.store.processingJobs.all(),
    (job) => ({
      name: job.ProcessingJobName,
      created: job.CreationTime,
      modified: job.LastModifiedTime ?? job.CreationTime,
      status: job.ProcessingJobStatus,
    }),
    request,
    'Ascending',
  );
  const { items, ...next } = page(jobs, request);
  return { ProcessingJobSummaries: items, ...next };
}

/** Takes up what a former run of the server left: jobs that had their turn ended with it, those that waited for theirs go on. */
export function resumeProcessingJobs(world: World): void {
  for (const job of world.store.processingJobs.all()) {
    const { ProcessingJobStatus: status, ProcessingJobName: name } = job;
    if (status !== 'InProgress' && status !== 'Stopping') continue;
    if (status === 'InProgress' && job.ProcessingStartTime === undefined) launch(world, job);
    else {
      finish(world, job, endedWithServer(status));
      void world.jobs.closeLog({ kind: 'processing', name, logGroup: LOG_GROUP });
    }
  }
}

function launch(world: World, job: ProcessingJob): void {
  let exitMessage = '';
  world.jobs.launch({
    arn: job.ProcessingJobArn,
    name: job.ProcessingJobName,
    kind: 'processing',
    logGroup: LOG_GROUP,
    instanceType: job.ProcessingResources.ClusterConfig.InstanceType,
    volumeGb: job.ProcessingResources.ClusterConfig.VolumeSizeInGB ?? 30,
    maxRuntimeSeconds: job.StoppingCondition?.MaxRuntimeInSeconds ?? DEFAULT_MAX_RUNTIME_SECONDS,
    requireCapacity: () =>
      world.faults.requireJobCapacity('processing', job.ProcessingResources.ClusterConfig.InstanceType),
    entered: (stage) => {
      if (stage === 'downloading')
        save(world, { ...find(world, job.ProcessingJobName), ProcessingStartTime: world.now() }, false);
    },
    prepare: (folder) => prepareProcessing(job, folder, world.objects, world.images),
    failureMessage: (folder, code, tail) =>
      scriptFailure(
        readMessage(folder, '/opt/ml/output/failure', '/opt/ml/output/message'),
        code,
        tail,
        [...(job.AppSpecification.ContainerEntrypoint ?? []), ...(job.AppSpecification.ContainerArguments ?? [])].join(
          ' ',
        ),
      ),
    collect: async (folder, end) => {
      exitMessage = readMessage(folder, '/opt/ml/output/message');
      if (end !== 'failed') await collectProcessing(job, folder, world.objects);
    },
    ended: (outcome) => finish(world, find(world, job.ProcessingJobName), outcome, exitMessage),
  });
}

function finish(world: World, job: ProcessingJob, end: JobOutcome, exitMessage = ''): void {
  const at = world.now();
  const said = exitMessage === '' ? {} : { ExitMessage: exitMessage };
  save(world, { ...job, ...said, ...statusOf(end, job), ProcessingEndTime: at, LastModifiedTime: at });
}

function statusOf(end: JobOutcome, job: ProcessingJob): Pick<ProcessingJob, 'ProcessingJobStatus' | 'FailureReason'> {
  if (end.outcome === 'completed') return { ProcessingJobStatus: 'Completed' };
  if (end.outcome === 'failed') return { ProcessingJobStatus: 'Failed', FailureReason: end.reason };
  if (end.because === 'asked') return { ProcessingJobStatus: 'Stopped' };
  const limit = job.StoppingCondition?.MaxRuntimeInSeconds;
  return {
    ProcessingJobStatus: 'Stopped',
    FailureReason: `MaxRuntimeExceeded: the job ran longer than its StoppingCondition.MaxRuntimeInSeconds of ${limit} and was stopped.`,
  };
}

function save(world: World, job: ProcessingJob, changed = true): ProcessingJob {
  world.store.processingJobs.put(keyOf(job.ProcessingJobName), job);
  if (changed) world.events.send(processingJobChanged(job, tagMap(world, job.ProcessingJobArn), world.now()));
  return job;
}

/** Job names differ in more than case. */
function keyOf(name: string): string {
  return name.toLowerCase();
}

function find(world: World, name: string): ProcessingJob {
  const job = world.store.processingJobs.get(keyOf(name));
  if (job === undefined) throw new ResourceNotFound(`Could not find requested job with name: ${name}`);
  return job;
}

function inUse(world: World, type: string | undefined): number {
  const jobs = world.store.processingJobs.all().map((job) => ({
    status: job.ProcessingJobStatus,
    type: job.ProcessingResources.ClusterConfig.InstanceType,
    count: job.ProcessingResources.ClusterConfig.InstanceCount,
  }));
  return instancesInUse(jobs, type);
}
