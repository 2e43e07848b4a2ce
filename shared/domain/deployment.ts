import * as z from 'zod';
import { EnvironmentName, ModelName, Sha256, Timestamp } from './identifiers.ts';

/** What an endpoint serves, or is being moved to. */
export const Release = z.object({
  runId: z.string(),
  sequence: z.number().int(),
  version: z.number().int(),
  modelPackageArn: z.string(),
  artifactSha256: Sha256,
  artifactUri: z.string(),
  commit: z.string(),
  modelName: z.string(),
  endpointConfigName: z.string(),
  /** The deployment in GitLab that tells of this release. */
  gitlabDeploymentId: z.number().int().optional(),
  at: Timestamp,
});
export type Release = z.infer<typeof Release>;

/**
 * A change of an endpoint that SageMaker was asked for: recorded after the call, so that an endpoint that still stands where
 * it stood is not taken for one that went back. `subject` is what the workflow waits for.
 */
const EndpointMove = z.object({ towards: z.enum(['pending', 'live']), subject: z.string(), since: Timestamp });

/**
 * One model in one environment. `live` is what we last saw answer rightly; `pending` is recorded before the endpoint is
 * touched, so that an endpoint never stands on a configuration that nobody recorded. `former` is what `live` replaced.
 */
export const Deployment = z.object({
  model: ModelName,
  environment: EnvironmentName,
  endpointName: z.string(),
  live: Release.optional(),
  pending: Release.extend({ fence: z.number().int(), move: EndpointMove.optional() }).optional(),
  former: Release.optional(),
});
export type Deployment = z.infer<typeof Deployment>;
