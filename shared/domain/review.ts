import * as z from 'zod';
import { CommitSha, DocumentReference, ModelName, Sha256, Timestamp } from './identifiers.ts';
import { GitlabUser } from './run.ts';

export const RejectionCode = z.enum(['metrics', 'data', 'fairness', 'risk', 'documentation', 'timing', 'other']);
export type RejectionCode = z.infer<typeof RejectionCode>;

/** `expired` and `superseded` are never approvals. */
export const ReviewStatus = z.enum(['pending', 'approved', 'rejected', 'expired', 'superseded']);
export type ReviewStatus = z.infer<typeof ReviewStatus>;

export const Decision = z.object({
  decisionId: z.string(),
  outcome: z.enum(['approved', 'rejected']),
  by: GitlabUser,
  at: Timestamp,
  reason: z.string().min(1).max(2000),
  code: RejectionCode.optional(),
  packetSha256: Sha256,
});
export type Decision = z.infer<typeof Decision>;

/** A question to the stewards about one registered version. The id is 128 random bits in hex and carries no authority. */
export const Review = z.object({
  reviewId: z.string().regex(/^[0-9a-f]{32}$/),
  runId: z.string(),
  model: ModelName,
  sequence: z.number().int(),
  version: z.number().int(),
  status: ReviewStatus,
  stewardsGroup: z.string(),
  fourEyes: z.boolean(),
  packet: DocumentReference,
  artifactSha256: Sha256,
  policySha256: Sha256,
  requestedAt: Timestamp,
  expiresAt: Timestamp,
  decision: Decision.optional(),
  /** The run whose newer candidate took this review's place. */
  supersededBy: z.string().optional(),
});
export type Review = z.infer<typeof Review>;

/** People that four eyes exclude, with what makes them party to the change. */
export const InvolvedPerson = z.object({
  role: z.enum(['pipeline-user', 'merge-request-author', 'merger', 'commit-author']),
  /** Missing where the identity can't be resolved to a GitLab user; that blocks a decision. */
  user: GitlabUser.optional(),
  /** What was found instead: a commit author's name and address, a merge request. */
  evidence: z.string(),
});
export type InvolvedPerson = z.infer<typeof InvolvedPerson>;

export const ChangedCommit = z.object({
  sha: CommitSha,
  title: z.string(),
  authorName: z.string(),
  authorEmail: z.string(),
  url: z.string(),
});
export type ChangedCommit = z.infer<typeof ChangedCommit>;
