import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { CliError } from './cli-error.ts';

/** Keeps bytes once below one prefix: what stands at a path never changes. */
export type BundleStore = {
  /** @throws CliError when the path holds other bytes, or the bucket refuses */
  putOnce(path: string, bytes: Uint8Array): Promise<'uploaded' | 'was-there'>;
};

/** `uri` is the prefix in S3, without a slash at its end. */
export function s3BundleStore(uri: string, client = new S3Client({ maxAttempts: 5 })): BundleStore {
  const { host: bucket, pathname } = new URL(uri);
  return {
    async putOnce(path, bytes) {
      const key = `${pathname.slice(1)}/${path}`;
      try {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, IfNoneMatch: '*' }));
        return 'uploaded';
      } catch (error) {
        if (!isTaken(error)) throw refusal(error, bucket, key);
      }
      if (await holds(client, bucket, key, bytes)) return 'was-there';
      throw new CliError(
        `s3://${bucket}/${key} holds another file already: what a commit's bundle holds never changes. Make a new commit.`,
      );
    },
  };
}

/** 412: the key is taken. 409: somebody is taking it right now. */
function isTaken(error: unknown): boolean {
  return (
    error instanceof S3ServiceException &&
    (error.$metadata.httpStatusCode === 412 || error.$metadata.httpStatusCode === 409)
  );
}

async function holds(client: S3Client, bucket: string, key: string, bytes: Uint8Array): Promise<boolean> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const stored = await Body?.transformToByteArray();
    return stored !== undefined && Buffer.compare(stored, bytes) === 0;
  } catch (error) {
    throw refusal(error, bucket, key);
  }
}

function refusal(error: unknown, bucket: string, key: string): CliError {
  const message = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error ? error.name : '';
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === 401 || status === 403) {
    return new CliError(
      `S3 refuses s3://${bucket}/${key} (${name}): only pipelines of protected branches may upload a bundle.`,
      { cause: error },
    );
  }
  if (name === 'NoSuchBucket')
    return new CliError(`There is no bucket ${bucket}: check MLOPS_BUNDLE_BUCKET.`, { cause: error });
  if (name === 'CredentialsProviderError')
    return new CliError(`There are no AWS credentials: set MLOPS_BUNDLE_ROLE_ARN in the CI variables. (${message})`, {
      cause: error,
    });
  return new CliError(`s3://${bucket}/${key} could not be written: ${message || name}. Run the job again.`, {
    cause: error,
  });
}
