import * as z from 'zod';
import { Sha256 } from '../../shared/domain/identifiers.ts';
import { FactBase } from './fact-base.ts';

/** `RunAccepted.v1`: a green pipeline of an onboarded model has become a run. */
export const RunAccepted = z.object({
  ...FactBase.shape,
  sequence: z.number().int(),
  attempt: z.number().int(),
  projectId: z.number().int(),
  projectPath: z.string(),
  ref: z.string(),
  pipelineId: z.number().int(),
  policySha256: Sha256.optional(),
  bundleDigest: Sha256.optional(),
  dataDigest: Sha256.optional(),
});
export type RunAccepted = z.infer<typeof RunAccepted>;
