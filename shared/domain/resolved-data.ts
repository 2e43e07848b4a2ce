import * as z from 'zod';
import { S3Uri } from './identifiers.ts';

/** The exact objects that a policy's `data` stood for when the run was accepted, sorted by name and key. */
export const ResolvedData = z.object({
  sources: z.array(
    z.object({
      name: z.string(),
      uri: S3Uri,
      objects: z
        .array(z.object({ key: z.string(), versionId: z.string(), etag: z.string(), sizeBytes: z.number().int() }))
        .min(1),
    }),
  ),
});
export type ResolvedData = z.infer<typeof ResolvedData>;
