import { mkdir } from 'node:fs/promises';
import type { ObjectStore } from '../aws/object-store.ts';
import type { ContainerFolder } from '../containers/container.ts';
import type { Images } from '../containers/images.ts';
import type { ProcessingJob } from '../state/records.ts';
import { fetchInput } from './fetch-input.ts';
import { FolderSync } from './folder-sync.ts';
import { requirePython } from './images.ts';
import { InputAllowance } from './input-allowance.ts';
import { JobFailed } from './job-failed.ts';
import type { PreparedJob } from './job-plan.ts';
import { hostPath, ownFolder, writeJson } from './opt-ml.ts';

/** The processing container's contract: inputs and empty output folders are there, the entry point runs with its arguments. */
export async function prepareProcessing(
  job: ProcessingJob,
  folder: ContainerFolder,
  objects: ObjectStore,
  images: Images,
): Promise<PreparedJob> {
  const { ImageUri, ContainerEntrypoint, ContainerArguments } = job.AppSpecification;
  const python = requirePython(images, ImageUri);
  if (ContainerEntrypoint === undefined || ContainerEntrypoint.length === 0) {
    throw new JobFailed(
      'ClientError: AppSpecification.ContainerEntrypoint is missing: this image has no entry point of its own.',
    );
  }
  await downloadInputs(job, folder, objects);
  const syncs: FolderSync[] = [];
  for (const { path, uri, continuous } of outputsOf(job)) {
    await mkdir(hostPath(folder, path), { recursive: true });
    if (continuous) syncs.push(new FolderSync(folder, path, uri, objects));
  }
  await mkdir(hostPath(folder, '/opt/ml/output'), { recursive: true });
  await mkdir(hostPath(folder, '/opt/ml/processing'), { recursive: true });
  await writeJson(folder, '/opt/ml/config/processingjobconfig.json', configurationOf(job));
  await writeJson(folder, '/opt/ml/config/resourceconfig.json', { current_host: 'algo-1', hosts: ['algo-1'] });
  const environment = { PROCESSING_JOB_NAME: job.ProcessingJobName, ...job.Environment };
  const command = [...ContainerEntrypoint, ...(ContainerArguments ?? [])];
  return { command: { command, cwd: '/opt/ml/processing', environment, python }, syncs };
}

/** Uploads what is not copied while the job runs. */
export async function collectProcessing(
  job: ProcessingJob,
  folder: ContainerFolder,
  objects: ObjectStore,
): Promise<void> {
  for (const { path, uri, continuous } of outputsOf(job)) {
    if (!continuous) await objects.uploadFolder(await ownFolder(folder, path), uri);
  }
}

/** Inputs and outputs that the application manages itself are its own affair. */
async function downloadInputs(job: ProcessingJob, folder: ContainerFolder, objects: ObjectStore): Promise<void> {
  const allowance = new InputAllowance(job.ProcessingResources.ClusterConfig.VolumeSizeInGB ?? 30);
  for (const { InputName, AppManaged, S3Input } of job.ProcessingInputs ?? []) {
    if (AppManaged) continue;
    const name = `The input ${InputName}`;
    if (S3Input?.LocalPath === undefined)
      throw new JobFailed(
        `ClientError: ${name} has no S3Input with S3Uri and LocalPath; datasets of other kinds can't be read here.`,
      );
    if (S3Input.S3InputMode === 'Pipe')
      throw new JobFailed(`ClientError: ${name} has the input mode Pipe, which can't be served here: use File.`);
    const source = { uri: S3Input.S3Uri, dataType: S3Input.S3DataType };
    await fetchInput(objects, name, source, hostPath(folder, S3Input.LocalPath), allowance);
  }
}

function outputsOf(job: ProcessingJob): { path: string; uri: string; continuous: boolean }[] {
  return (job.ProcessingOutputConfig?.Outputs ?? []).flatMap(({ S3Output, AppManaged }) => {
    if (AppManaged || S3Output?.LocalPath === undefined) return [];
    return [{ path: S3Output.LocalPath, uri: S3Output.S3Uri, continuous: S3Output.S3UploadMode === 'Continuous' }];
  });
}

function configurationOf(job: ProcessingJob): Record<string, unknown> {
  return {
    ProcessingJobArn: job.ProcessingJobArn,
    ProcessingJobName: job.ProcessingJobName,
    AppSpecification: job.AppSpecification,
    Environment: job.Environment ?? {},
    ProcessingInputs: job.ProcessingInputs ?? [],
    ProcessingOutputConfig: job.ProcessingOutputConfig ?? { Outputs: [] },
    ProcessingResources: job.ProcessingResources,
    RoleArn: job.RoleArn,
    StoppingCondition: job.StoppingCondition,
  };
}
