import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { NotFound } from '../../domain/faults.ts';
import { s3Client } from '../aws/s3-client.ts';
import { asFaults, isNamed } from '../aws/translate-error.ts';
import { parseS3Uri } from './s3-uri.ts';

/** Begins to read an object; the body is a stream. @throws NotFound */
export async function getObject(uri: string, versionId?: string): Promise<GetObjectCommandOutput> {
  const { bucket, key } = parseS3Uri(uri);
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ...(versionId !== undefined && { VersionId: versionId }),
  });
  try {
    return await asFaults(`Reading ${uri}`, () => s3Client().send(command));
  } catch (error) {
    if (!isNamed(error, 'NoSuchKey', 'NoSuchVersion', 'NoSuchBucket', 'NotFound')) throw error;
    throw new NotFound(`There is no object ${uri}${versionId === undefined ? '' : ` in version ${versionId}`}.`, {
      cause: error,
    });
  }
}
