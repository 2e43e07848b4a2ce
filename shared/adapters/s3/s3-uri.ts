import { ContractBroken } from '../../domain/faults.ts';

/** `s3://bucket/key` in its parts; the key may be empty. */
export function parseS3Uri(uri: string): { bucket: string; key: string } {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(uri);
  if (match?.[1] === undefined) throw new ContractBroken(`"${uri}" is not an S3 URI such as s3://bucket/key.`);
  return { bucket: match[1], key: match[2] ?? '' };
}
