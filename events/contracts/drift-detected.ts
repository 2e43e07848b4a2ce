import * as z from 'zod';
import { EnvironmentName, Timestamp } from '../../shared/domain/identifiers.ts';
import { FactBase } from './fact-base.ts';

/** `DriftDetected.v1`: a window of live traffic moved away from what the live version was made with. Names and distances, never values. */
export const DriftDetected = z.object({
  ...FactBase.shape,
  environment: EnvironmentName,
  endpointName: z.string(),
  version: z.number().int(),
  from: Timestamp,
  to: Timestamp,
  rows: z.number().int(),
  driftedShare: z.number().min(0).max(1),
  predictionDrifted: z.boolean(),
  /** W1/σ of a number, L∞ of a category; at most five, farthest first. */
  topFeatures: z.array(z.object({ name: z.string().max(128), score: z.number() })).max(5),
  reportSha256: z.string(),
});
export type DriftDetected = z.infer<typeof DriftDetected>;
