import * as z from 'zod';
import { EnvironmentName } from '../../shared/domain/identifiers.ts';
import { FactBase } from './fact-base.ts';

/** `RolloutFinished.v1`: the roll-out to one environment has ended. */
export const RolloutFinished = z.object({
  ...FactBase.shape,
  environment: EnvironmentName,
  outcome: z.enum(['live', 'failed']),
  version: z.number().int().optional(),
  summary: z.string(),
});
export type RolloutFinished = z.infer<typeof RolloutFinished>;
