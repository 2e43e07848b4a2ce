import * as z from 'zod';
import { EnvironmentName } from '../../shared/domain/identifiers.ts';
import { FactBase } from './fact-base.ts';

/** `ModelLive.v1`: the version answers in every environment of its policy. */
export const ModelLive = z.object({
  ...FactBase.shape,
  version: z.number().int(),
  modelPackageArn: z.string().optional(),
  environments: z.array(EnvironmentName),
});
export type ModelLive = z.infer<typeof ModelLive>;
