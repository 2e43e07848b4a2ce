import { join } from 'node:path';
import * as z from 'zod';
import type { ObjectStore } from '../aws/object-store.ts';
import type { InputAllowance } from './input-allowance.ts';
import { JobFailed } from './job-failed.ts';

/** S3 data of a channel or of a processing input. */
type InputSource = { uri: string; dataType: string };

/** `[{"prefix": "s3://bucket/folder/"}, "below/a.csv", …]` */
const Manifest = z.tuple([z.object({ prefix: z.string().min(1) })], z.string());

/** Brings an input into its folder. @throws JobFailed, ObjectUnavailable */
export async function fetchInput(
  objects: ObjectStore,
  name: string,
  source: InputSource,
  folder: string,
  allowance: InputAllowance,
): Promise<void> {
  if (source.dataType === 'S3Prefix') return objects.downloadPrefix(source.uri, folder, allowance);
  if (source.dataType !== 'ManifestFile')
    throw new JobFailed(
      `ClientError: ${name} is of the S3DataType ${source.dataType}, which can't be read here: use S3Prefix or ManifestFile.`,
    );
  const [{ prefix }, ...paths] = await readManifest(objects, name, source.uri);
  for (const path of paths) {
    if (path.split('/').includes('..'))
      throw new JobFailed(`ClientError: The manifest of ${name} names ${path}, which leads out of its prefix.`);
    await objects.downloadObject(`${prefix}${path}`, join(folder, path), allowance);
  }
}

async function readManifest(objects: ObjectStore, name: string, uri: string): Promise<z.infer<typeof Manifest>> {
  const text = await objects.readText(uri);
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (error) {
    throw new JobFailed(
      `ClientError: The manifest ${uri} of ${name} is not one: write a JSON array such as [{"prefix": "s3://bucket/folder/"}, "below/a.csv"].`,
      { cause: error },
    );
  }
}
