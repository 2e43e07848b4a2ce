import * as z from 'zod';
import { CommitSha, Sha256 } from './identifiers.ts';

/** Scripts, not data: a repository with more than this belongs into an image. */
export const MAX_BUNDLE_FILES = 300;
export const MAX_BUNDLE_FILE_BYTES = 5_000_000;

/** A path inside a repository, as Git writes it: no way out of the folder it is unpacked in. */
const RepositoryPath = z
  .string()
  .max(512)
  .regex(/^[^/\\\p{Cc}][^\\\p{Cc}]*$/u, 'a relative path')
  .refine(
    (path) => path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'a path without . and ..',
  );

/** `manifest.json` of a script bundle: written last by the job `package`, so that its presence means that all files are there. */
export const BundleManifest = z.object({
  schema: z.literal('mlops/bundle/v1'),
  projectId: z.number().int(),
  commit: CommitSha,
  /** SHA-256 (hex) by path. */
  files: z
    .record(RepositoryPath, Sha256)
    .refine((files) => Object.keys(files).length > 0, 'at least one file')
    .refine((files) => Object.keys(files).length <= MAX_BUNDLE_FILES, `at most ${MAX_BUNDLE_FILES} files`),
});
export type BundleManifest = z.infer<typeof BundleManifest>;

/** Prefix that the job `package` writes to, once per commit; no trailing slash. */
export function bundleUriOf(bucket: string, projectId: number, commit: string): string {
  return `s3://${bucket}/bundles/${projectId}/${commit}`;
}

/** Prefix of the verified files, named by what they are; no trailing slash. */
export function codeUriOf(bucket: string, bundleDigest: string): string {
  return `s3://${bucket}/code/${bundleDigest}`;
}
