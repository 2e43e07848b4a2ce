import * as z from 'zod';
import { GateVerdict } from './gate-verdict.ts';
import { CommitSha, EnvironmentName, ModelName, S3Uri, Sha256, Timestamp } from './identifiers.ts';
import { EnvironmentPolicy, RiskTier } from './policy.ts';
import { ChangedCommit, InvolvedPerson } from './review.ts';

/** One line of the policy that is not what it was in the live version; a missing side means added or removed. */
export const PolicyChange = z.object({
  what: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
  direction: z.enum(['stricter', 'weaker', 'other']),
});
export type PolicyChange = z.infer<typeof PolicyChange>;

/** A number of the report that is not part of a slice; `champion` is the live version's on the same rows. */
export const Metric = z.object({ path: z.string(), value: z.number(), champion: z.number().optional() });
export type Metric = z.infer<typeof Metric>;

/** One group of rows, such as `origin` = `EWR`. */
export const Slice = z.object({
  dimension: z.string(),
  name: z.string(),
  rows: z.number().optional(),
  metrics: z.array(Metric),
});
export type Slice = z.infer<typeof Slice>;

/** What is live in the last environment while the question is asked. */
export const LiveVersion = z.object({
  runId: z.string(),
  version: z.number().int(),
  commit: CommitSha,
  environment: EnvironmentName,
  since: Timestamp,
});
export type LiveVersion = z.infer<typeof LiveVersion>;

/**
 * All that a steward is shown, frozen when the question is asked. Its SHA-256 is part of the decision, so that what was
 * approved is what was read.
 */
export const ReviewPacket = z.object({
  schema: z.literal('mlops/review-packet/v1'),
  runId: z.string(),
  model: ModelName,
  sequence: z.number().int(),
  version: z.number().int(),
  riskTier: RiskTier,
  requestedAt: Timestamp,
  expiresAt: Timestamp,
  stewardsGroup: z.string(),
  fourEyes: z.boolean(),
  environments: z.array(EnvironmentPolicy),
  verdict: GateVerdict,
  metrics: z.array(Metric),
  slices: z.array(Slice),
  live: LiveVersion.optional(),
  changes: z.object({
    policy: z.array(PolicyChange),
    /** Oldest first; the newest `MAX_SHOWN_COMMITS` where there are more. */
    commits: z.array(ChangedCommit),
    commitCount: z.number().int(),
    changedPaths: z.array(z.string()),
    diffUrl: z.string().optional(),
    /** Whether the data differs from what the live version was trained on; absent where nothing is live. */
    dataChanged: z.boolean().optional(),
  }),
  lineage: z.object({
    projectPath: z.string(),
    ref: z.string(),
    commit: CommitSha,
    commitTitle: z.string(),
    commitAuthor: z.string(),
    pipelineUrl: z.string(),
    policySha256: Sha256,
    bundleDigest: Sha256.optional(),
    dataDigest: Sha256.optional(),
    data: z.array(
      z.object({ name: z.string(), uri: S3Uri, objectCount: z.number().int(), sizeBytes: z.number().int() }),
    ),
    evaluationData: z.object({ sha256: Sha256, rows: z.number().int() }).optional(),
    image: z.string(),
    trainingJobArn: z.string().optional(),
    pipelineExecutionArn: z.string().optional(),
    artifactUri: S3Uri,
    artifactSha256: Sha256,
    modelPackageArn: z.string(),
  }),
  involved: z.array(InvolvedPerson),
});
export type ReviewPacket = z.infer<typeof ReviewPacket>;

/** Enough to judge a change by; the diff has the rest. */
export const MAX_SHOWN_COMMITS = 50;
export const MAX_SHOWN_PATHS = 100;
