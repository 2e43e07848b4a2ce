import * as z from 'zod';

/** A model's name: it becomes part of the names of endpoints (at most 63 characters) and executions (at most 80). */
export const ModelName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case letters, digits and single hyphens')
  .max(24);

/** An environment's name, as GitLab and the endpoint show it. */
export const EnvironmentName = z
  .string()
  .regex(/^[a-z][a-z0-9]*$/, 'lower-case letters and digits')
  .max(12);

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const CommitSha = z.string().regex(/^[0-9a-f]{40}$/);
export const S3Uri = z.string().regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.*$/);
export const Timestamp = z.iso.datetime();

/** Where a document stands, and which bytes it must have. */
export const DocumentReference = z.object({ uri: S3Uri, versionId: z.string(), sha256: Sha256 });
export type DocumentReference = z.infer<typeof DocumentReference>;
