import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../aws/object-store.ts';
import { underPrefix } from '../aws/s3-uri.ts';
import type { ContainerFolder } from '../containers/container.ts';
import type { TrainingJob } from '../state/records.ts';
import { packFolder } from './archives.ts';
import { JobFailed } from './job-failed.ts';
import type { ContainerEnd } from './job-plan.ts';
import { ownFolder } from './opt-ml.ts';

type Output = Pick<TrainingJob, 'TrainingJobName' | 'OutputDataConfig'>;

/**
 * `<S3OutputPath>/<job>/output/model.tar.gz`, and output.tar.gz if the script wrote any output data; the folders `model` and
 * `data` as they are with the CompressionType NONE. A job that failed leaves its output data only.
 */
export async function collectTraining(
  job: TrainingJob,
  folder: ContainerFolder,
  objects: ObjectStore,
  end: ContainerEnd,
): Promise<void> {
  const model = await ownFolder(folder, '/opt/ml/model');
  const data = await ownFolder(folder, '/opt/ml/output/data');
  const hasData = (await readdir(data)).length > 0;
  if (isUncompressed(job)) {
    if (end !== 'failed') await objects.uploadFolder(model, artifactUriOf(job));
    if (hasData) await objects.uploadFolder(data, outputUriOf(job, 'data'));
    return;
  }
  const upload = async (from: string, name: string) => {
    const archive = join(folder.root, name);
    await packFolder(from, archive);
    await objects.uploadFile(archive, outputUriOf(job, name));
  };
  if (end !== 'failed') await upload(model, 'model.tar.gz');
  if (hasData) await upload(data, 'output.tar.gz');
}

export function artifactUriOf(job: Output): string {
  return outputUriOf(job, isUncompressed(job) ? 'model/' : 'model.tar.gz');
}

function outputUriOf(job: Output, name: string): string {
  const path = job.OutputDataConfig?.S3OutputPath;
  if (path === undefined) throw new JobFailed('ClientError: OutputDataConfig.S3OutputPath is missing.');
  return underPrefix(path, job.TrainingJobName, 'output', name);
}

function isUncompressed(job: Output): boolean {
  return job.OutputDataConfig?.CompressionType === 'NONE';
}
