import * as z from 'zod';
import { Sha256 } from '../../shared/domain/identifiers.ts';
import { FactBase } from './fact-base.ts';

/** `ModelVersionRegistered.v1`: the candidate stands in the model registry and waits for its approval. */
export const ModelVersionRegistered = z.object({
  ...FactBase.shape,
  version: z.number().int().min(1),
  modelPackageArn: z.string(),
  artifactSha256: Sha256.optional(),
});
export type ModelVersionRegistered = z.infer<typeof ModelVersionRegistered>;
