import * as z from 'zod';
import { EnvironmentName, ModelName, Sha256, Timestamp } from './identifiers.ts';
import { GitlabUser } from './run.ts';

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

/** No run may roll out here until a person releases it. `from` is the version that was found bad, `to` the one that serves instead. */
export const Hold = z.object({
  by: GitlabUser,
  reason: z.string(),
  at: Timestamp,
  from: z.number().int(),
  to: z.number().int(),
});
export type Hold = z.infer<typeof Hold>;

/** The way back to the version that was live before: the newest one of an environment, under way or ended. */
export const Rollback = z.object({
  rollbackId: z.string(),
  /** Counts the rollbacks of the environment, from 1. */
  number: z.number().int().min(1),
  /** Counts the executions of the workflow for this rollback, from 1. */
  attempt: z.number().int().min(1),
  by: GitlabUser,
  reason: z.string(),
  requestedAt: Timestamp,
  from: Release,
  to: Release,
  status: z.enum(['under-way', 'rolled-back', 'failed']),
  /** Sentences that say why it failed. */
  reasons: z.array(z.string()),
  endedAt: Timestamp.optional(),
  /** Who let roll-outs go on afterwards. */
  released: z.object({ by: GitlabUser, reason: z.string(), at: Timestamp }).optional(),
});
export type Rollback = z.infer<typeof Rollback>;

/**
 * One model in one environment. `live` is what we last saw answer rightly; `pending` is recorded before the endpoint is
 * touched, so that an endpoint never stands on a configuration that nobody recorded. `former` is what `live` replaced; after a
 * rollback there is none, so that a second one never leads forward again to what was found bad: that stands in `rolledBack` until
 * a newer version is live.
 */
export const Deployment = z.object({
  model: ModelName,
  environment: EnvironmentName,
  endpointName: z.string(),
  live: Release.optional(),
  /** `rollbackId` where no run moves the endpoint, but a rollback. */
  pending: Release.extend({
    fence: z.number().int(),
    move: EndpointMove.optional(),
    rollbackId: z.string().optional(),
  }).optional(),
  former: Release.optional(),
  rolledBack: Release.optional(),
  hold: Hold.optional(),
  rollback: Rollback.optional(),
});
export type Deployment = z.infer<typeof Deployment>;

/** A deployment of which something is live. */
export type LiveDeployment = Deployment & { live: Release };
