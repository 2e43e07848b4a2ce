import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../aws/object-store.ts';
import { underPrefix } from '../aws/s3-uri.ts';
import type { ContainerCommand, ContainerFolder } from '../containers/container.ts';
import type { TrainingJob } from '../state/records.ts';
import { packFolder, unpackArchive } from './archives.ts';
import { requireKnownImage } from './images.ts';
import { JobFailed } from './job-runner.ts';
import { hostPath, readMessage, writeJson } from './opt-ml.ts';
import { commandLineOf, readScriptMode, scriptModeEnvironment } from './script-mode.ts';

const CODE = '/opt/ml/code';

/** The training container's contract: channels, configuration files, and the script with its hyperparameters. */
export async function prepareTraining(
  job: TrainingJob,
  folder: ContainerFolder,
  objects: ObjectStore,
): Promise<Omit<ContainerCommand, 'logFile'>> {
  requireKnownImage(job.AlgorithmSpecification?.TrainingImage);
  await downloadChannels(job, folder, objects);
  for (const path of [
    '/opt/ml/model',
    '/opt/ml/output/data',
    '/opt/ml/output/intermediate',
    '/opt/ml/checkpoints',
    CODE,
  ]) {
    await mkdir(hostPath(folder, path), { recursive: true });
  }
  await writeJson(folder, '/opt/ml/input/config/hyperparameters.json', job.HyperParameters ?? {});
  await writeJson(folder, '/opt/ml/input/config/resourceconfig.json', resourceConfigurationOf(job));
  await writeJson(folder, '/opt/ml/input/config/inputdataconfig.json', channelConfigurationOf(job));
  const names = { TRAINING_JOB_NAME: job.TrainingJobName, TRAINING_JOB_ARN: job.TrainingJobArn };
  const { ContainerEntrypoint: entrypoint, ContainerArguments: parameters } = job.AlgorithmSpecification ?? {};
  if (entrypoint !== undefined && entrypoint.length > 0) {
    return {
      command: [...entrypoint, ...(parameters ?? [])],
      cwd: '/opt/ml',
      environment: { ...names, ...job.Environment },
    };
  }
  const script = readScriptMode(job.HyperParameters ?? {});
  await fetchCode(script.submitDirectory, folder, objects);
  return {
    command: commandLineOf(script),
    cwd: CODE,
    environment: { ...scriptModeEnvironment(job, script), ...names, ...job.Environment },
  };
}

/** `<S3OutputPath>/<job>/output/model.tar.gz`, and output.tar.gz if the script wrote any output data. */
export async function collectTraining(job: TrainingJob, folder: ContainerFolder, objects: ObjectStore): Promise<void> {
  const archive = join(folder.root, 'model.tar.gz');
  await packFolder(hostPath(folder, '/opt/ml/model'), archive);
  await objects.uploadFile(archive, artifactUriOf(job));
  const outputData = hostPath(folder, '/opt/ml/output/data');
  if ((await readdir(outputData).catch(() => [])).length === 0) return;
  const output = join(folder.root, 'output.tar.gz');
  await packFolder(outputData, output);
  await objects.uploadFile(output, underPrefix(outputPathOf(job), job.TrainingJobName, 'output', 'output.tar.gz'));
}

/** What the script wrote about its own failure, to /opt/ml/output/failure. */
export function readFailure(folder: ContainerFolder): string {
  return readMessage(folder, '/opt/ml/output/failure');
}

export function artifactUriOf(job: Pick<TrainingJob, 'TrainingJobName' | 'OutputDataConfig'>): string {
  return underPrefix(outputPathOf(job), job.TrainingJobName, 'output', 'model.tar.gz');
}

function outputPathOf(job: Pick<TrainingJob, 'OutputDataConfig'>): string {
  const path = job.OutputDataConfig?.S3OutputPath;
  if (path === undefined) throw new JobFailed('ClientError: OutputDataConfig.S3OutputPath is missing.');
  return path;
}

async function downloadChannels(job: TrainingJob, folder: ContainerFolder, objects: ObjectStore): Promise<void> {
  for (const channel of job.InputDataConfig ?? []) {
    const source = channel.DataSource?.S3DataSource;
    if (source?.S3Uri === undefined || source.S3DataType !== 'S3Prefix') {
      throw new JobFailed(
        `ClientError: The channel ${channel.ChannelName} must have an S3DataSource of type S3Prefix; other sources can't be read here.`,
      );
    }
    if (channel.InputMode === 'Pipe') {
      throw new JobFailed(
        `ClientError: The channel ${channel.ChannelName} has InputMode Pipe, which can't be served here: use File or FastFile.`,
      );
    }
    await objects.downloadPrefix(source.S3Uri, hostPath(folder, `/opt/ml/input/data/${channel.ChannelName}`));
  }
}

/** `sagemaker_submit_directory` is an archive in S3, or a folder in the container, such as a channel's. */
async function fetchCode(submitDirectory: string, folder: ContainerFolder, objects: ObjectStore): Promise<void> {
  const code = hostPath(folder, CODE);
  if (submitDirectory.startsWith('s3://')) {
    const archive = join(folder.root, 'source.tar.gz');
    await objects.downloadObject(submitDirectory, archive);
    await unpackArchive(archive, code);
    return;
  }
  const source = hostPath(folder, submitDirectory.replace(/^file:\/\//, ''));
  try {
    if (source !== code) await cp(source, code, { recursive: true });
  } catch (error) {
    throw new JobFailed(
      `ClientError: sagemaker_submit_directory ${submitDirectory} can't be read: give an s3:// archive or the folder of an input channel. (${String(error)})`,
    );
  }
}

function resourceConfigurationOf(job: TrainingJob): Record<string, unknown> {
  return {
    current_host: 'algo-1',
    hosts: ['algo-1'],
    network_interface_name: 'lo',
    current_instance_type: job.ResourceConfig?.InstanceType,
    current_group_name: 'homogeneousCluster',
    instance_groups: [
      { instance_group_name: 'homogeneousCluster', instance_type: job.ResourceConfig?.InstanceType, hosts: ['algo-1'] },
    ],
  };
}

function channelConfigurationOf(job: TrainingJob): Record<string, unknown> {
  const channels = (job.InputDataConfig ?? []).map((channel) => [
    channel.ChannelName,
    {
      TrainingInputMode: 'File',
      S3DistributionType: 'FullyReplicated',
      RecordWrapperType: 'None',
      ContentType: channel.ContentType,
    },
  ]);
  return Object.fromEntries(channels);
}
