import { digestOf } from './canonical-json.ts';

/** One digest for a script bundle: of the list of its paths, each with the SHA-256 (hex) of its file. */
export function bundleDigestOf(files: Readonly<Record<string, string>>): string {
  return digestOf(files);
}
