import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../aws/object-store.ts';
import type { ContainerFolder } from '../containers/container.ts';
import type { Images } from '../containers/images.ts';
import { limitsOf } from '../containers/limits.ts';
import { pythonFile } from '../python-folder.ts';
import type { TrainingJob } from '../state/records.ts';
import { unpackArchive } from './archives.ts';
import { fetchInput } from './fetch-input.ts';
import { FolderSync } from './folder-sync.ts';
import { requirePython } from './images.ts';
import { InputAllowance } from './input-allowance.ts';
import { JobFailed } from './job-failed.ts';
import type { PreparedJob } from './job-plan.ts';
import { hostPath, writeJson } from './opt-ml.ts';
import { inputModeOf, pipedFolder, withPipes } from './pipes.ts';
import { commandLineOf, readScriptMode, scriptModeEnvironment } from './script-mode.ts';

const CODE = '/opt/ml/code';
const CHECKPOINTS = '/opt/ml/checkpoints';
const FOLDERS = ['/opt/ml/model', '/opt/ml/output/data', '/opt/ml/output/intermediate', CHECKPOINTS, CODE];

/** The training container's contract: channels, configuration files, checkpoints, and the script with its hyperparameters. */
export async function prepareTraining(
  job: TrainingJob,
  folder: ContainerFolder,
  objects: ObjectStore,
  images: Images,
): Promise<PreparedJob> {
  const python = requirePython(images, job.AlgorithmSpecification?.TrainingImage);
  const allowance = new InputAllowance(volumeGbOf(job));
  await downloadChannels(job, folder, objects, allowance);
  for (const path of FOLDERS) await mkdir(hostPath(folder, path), { recursive: true });
  await writeJson(folder, '/opt/ml/input/config/hyperparameters.json', job.HyperParameters ?? {});
  const resourceConfig = resourceConfigurationOf(job);
  const inputDataConfig = channelConfigurationOf(job);
  await writeJson(folder, '/opt/ml/input/config/resourceconfig.json', resourceConfig);
  await writeJson(folder, '/opt/ml/input/config/inputdataconfig.json', inputDataConfig);
  const syncs = await restoreCheckpoints(job, folder, objects, allowance);
  const names = { TRAINING_JOB_NAME: job.TrainingJobName, TRAINING_JOB_ARN: job.TrainingJobArn };
  const { ContainerEntrypoint: entrypoint, ContainerArguments: parameters } = job.AlgorithmSpecification ?? {};
  if (entrypoint !== undefined && entrypoint.length > 0) {
    const environment = { ...names, ...job.Environment };
    const command = withPipes(job, folder, [...entrypoint, ...(parameters ?? [])]);
    return { command: { command, cwd: '/opt/ml', environment, python }, syncs };
  }
  const script = readScriptMode(job);
  await fetchCode(script.submitDirectory, folder, objects, allowance);
  const { cpus } = limitsOf(job.ResourceConfig?.InstanceType, volumeGbOf(job));
  const variables = scriptModeEnvironment(job, script, { resourceConfig, inputDataConfig, cpus });
  const environment = { ...variables, ...names, ...job.Environment };
  const command = withPipes(job, folder, withRequirements(folder, script));
  return { command: { command, cwd: CODE, environment, python }, syncs };
}

/** As the toolkit does for a Python script: first it installs what the `requirements.txt` beside the script asks for. */
function withRequirements(folder: ContainerFolder, script: ReturnType<typeof readScriptMode>): string[] {
  const command = commandLineOf(script);
  if (!script.program.endsWith('.py') || !existsSync(hostPath(folder, `${CODE}/requirements.txt`))) return command;
  return ['python3', pythonFile('install_requirements.py'), CODE, ...command];
}

export function volumeGbOf(job: Pick<TrainingJob, 'ResourceConfig'>): number {
  return job.ResourceConfig?.VolumeSizeInGB ?? 30;
}

async function downloadChannels(
  job: TrainingJob,
  folder: ContainerFolder,
  objects: ObjectStore,
  allowance: InputAllowance,
): Promise<void> {
  for (const channel of job.InputDataConfig ?? []) {
    const source = channel.DataSource?.S3DataSource;
    const name = `The channel ${channel.ChannelName}`;
    if (source?.S3Uri === undefined)
      throw new JobFailed(`ClientError: ${name} has no S3DataSource; other sources can't be read here.`);
    const place =
      inputModeOf(job, channel) === 'Pipe'
        ? pipedFolder(folder, channel.ChannelName)
        : hostPath(folder, `/opt/ml/input/data/${channel.ChannelName}`);
    await fetchInput(objects, name, { uri: source.S3Uri, dataType: source.S3DataType }, place, allowance);
  }
}

/** What a former job left under the checkpoints' prefix is there again; what this one writes goes there while it runs. */
async function restoreCheckpoints(
  job: TrainingJob,
  folder: ContainerFolder,
  objects: ObjectStore,
  allowance: InputAllowance,
): Promise<FolderSync[]> {
  const { S3Uri: uri, LocalPath: path = CHECKPOINTS } = job.CheckpointConfig ?? {};
  if (uri === undefined) return [];
  const place = hostPath(folder, path);
  await mkdir(place, { recursive: true });
  if (await objects.holds(uri)) await objects.downloadPrefix(uri, place, allowance);
  const sync = new FolderSync(folder, path, uri, objects);
  await sync.begin();
  return [sync];
}

/** `sagemaker_submit_directory` is an archive in S3, or a folder in the container, such as a channel's. */
async function fetchCode(
  submitDirectory: string,
  folder: ContainerFolder,
  objects: ObjectStore,
  allowance: InputAllowance,
): Promise<void> {
  const code = hostPath(folder, CODE);
  if (submitDirectory.startsWith('s3://')) {
    const archive = join(folder.root, 'source.tar.gz');
    await objects.downloadObject(submitDirectory, archive, allowance);
    await unpackArchive(archive, code, { bytes: allowance.bytes });
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
      TrainingInputMode: inputModeOf(job, channel) ?? 'File',
      S3DistributionType: channel.DataSource?.S3DataSource?.S3DataDistributionType ?? 'FullyReplicated',
      RecordWrapperType: channel.RecordWrapperType ?? 'None',
      ContentType: channel.ContentType,
    },
  ]);
  return Object.fromEntries(channels);
}
