import { mkdir } from 'node:fs/promises';
import type { ObjectStore } from '../aws/object-store.ts';
import type { ContainerCommand, ContainerFolder } from '../containers/container.ts';
import type { ProcessingJob } from '../state/records.ts';
import { requireKnownImage } from './images.ts';
import { JobFailed } from './job-runner.ts';
import { hostPath, writeJson } from './opt-ml.ts';

/** The processing container's contract: inputs and empty output folders are there, the entry point runs with its arguments. */
export async function prepareProcessing(
  job: ProcessingJob,
  folder: ContainerFolder,
  objects: ObjectStore,
): Promise<Omit<ContainerCommand, 'logFile'>> {
  const { ImageUri, ContainerEntrypoint, ContainerArguments } = job.AppSpecification;
  requireKnownImage(ImageUri);
  if (ContainerEntrypoint === undefined || ContainerEntrypoint.length === 0) {
    throw new JobFailed(
      'ClientError: AppSpecification.ContainerEntrypoint is missing: this image has no entry point of its own.',
    );
  }
  for (const input of job.ProcessingInputs ?? []) {
    if (input.S3Input?.S3Uri === undefined || input.S3Input.LocalPath === undefined) {
      throw new JobFailed(
        `ClientError: The input ${input.InputName} has no S3Input with S3Uri and LocalPath; datasets of other kinds can't be read here.`,
      );
    }
    await objects.downloadPrefix(input.S3Input.S3Uri, hostPath(folder, input.S3Input.LocalPath));
  }
  for (const output of job.ProcessingOutputConfig?.Outputs ?? []) {
    if (output.S3Output?.LocalPath !== undefined)
      await mkdir(hostPath(folder, output.S3Output.LocalPath), { recursive: true });
  }
  await mkdir(hostPath(folder, '/opt/ml/output'), { recursive: true });
  await mkdir(hostPath(folder, '/opt/ml/processing'), { recursive: true });
  await writeJson(folder, '/opt/ml/config/processingjobconfig.json', configurationOf(job));
  await writeJson(folder, '/opt/ml/config/resourceconfig.json', { current_host: 'algo-1', hosts: ['algo-1'] });
  const environment = { PROCESSING_JOB_NAME: job.ProcessingJobName, ...job.Environment };
  return { command: [...ContainerEntrypoint, ...(ContainerArguments ?? [])], cwd: '/opt/ml/processing', environment };
}

export async function collectProcessing(
  job: ProcessingJob,
  folder: ContainerFolder,
  objects: ObjectStore,
): Promise<void> {
  for (const { S3Output } of job.ProcessingOutputConfig?.Outputs ?? []) {
    if (S3Output?.LocalPath !== undefined && S3Output.S3Uri !== undefined) {
      await objects.uploadFolder(hostPath(folder, S3Output.LocalPath), S3Output.S3Uri);
    }
  }
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
