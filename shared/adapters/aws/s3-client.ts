import { S3Client } from '@aws-sdk/client-s3';

let client: S3Client | undefined;

/** Large objects are streamed: the time limit is for the first byte and for silence, not for the whole object. */
export function s3Client(): S3Client {
  client ??= new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  });
  return client;
}
