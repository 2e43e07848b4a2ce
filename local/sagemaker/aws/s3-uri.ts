/** `s3://bucket/key`; the key has no leading slash, and may be empty. */
export type S3Location = { bucket: string; key: string };

export function parseS3Uri(uri: string): S3Location | undefined {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri);
  return match?.[1] === undefined ? undefined : { bucket: match[1], key: match[2] ?? '' };
}

/** Joins with single slashes, whatever the prefix ends in. */
export function underPrefix(uri: string, ...parts: string[]): string {
  return [uri.replace(/\/+$/, ''), ...parts].join('/');
}
