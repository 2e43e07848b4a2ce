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

/**
 * Where an object goes in the folder of its prefix: `b.csv` for `data/b.csv` under `data` and `data/`, and under `data/b`, whose
 * folder is `data`. Undefined for a key that would lead elsewhere.
 */
export function placeBelow(key: string, prefix: string): string | undefined {
  const folder = prefix.replace(/\/+$/, '');
  const isBelow = folder !== '' && key.startsWith(`${folder}/`);
  const place = key.slice(isBelow ? folder.length + 1 : prefix.lastIndexOf('/') + 1);
  return place.split('/').some((part) => part === '..' || part === '.') ? undefined : place;
}
