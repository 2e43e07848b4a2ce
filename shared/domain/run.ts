import * as z from 'zod';
import { CommitSha, DocumentReference, EnvironmentName, ModelName, S3Uri, Sha256, Timestamp } from './identifiers.ts';

/**
 * Where a run stands. `refused`, `live`, `routed-back` and `superseded` are final; a `parked` run waits for
 * a person's retry; every other status belongs to a running execution.
 */
export const RunStatus = z.enum([
  'refused',
  'training',
  'judging',
  'registering',
  'awaiting-approval',
  'rolling-out',
  'live',
  'routed-back',
  'superseded',
  'parked',
]);
export type RunStatus = z.infer<typeof RunStatus>;

/** A GitLab user, by the immutable id; names are for people to read. */
export const GitlabUser = z.object({ id: z.number().int(), username: z.string(), name: z.string() });
export type GitlabUser = z.infer<typeof GitlabUser>;

/** What a run trains with and where its results stand. `number` counts the trainings of one run, from 1. */
export const Training = z.object({
  number: z.number().int().min(1),
  pipelineExecutionArn: z.string(),
  /** The attempt of the workflow that started it: only a later one may train again, and only after a fault. */
  attempt: z.number().int().min(1),
  startedAt: Timestamp,
  finishedAt: Timestamp.optional(),
  trainingJobArn: z.string().optional(),
  artifactUri: S3Uri.optional(),
});
export type Training = z.infer<typeof Training>;

/** The version that the gates compared with: what was live in the last environment when training was first asked for. */
export const Champion = z.object({
  runId: z.string(),
  version: z.number().int(),
  modelPackageArn: z.string(),
  artifactSha256: Sha256,
  artifactUri: S3Uri,
});
export type Champion = z.infer<typeof Champion>;

/** The registered version. `artifactUri` stands under `approved/<sha256>/`, writable by registration alone. */
export const RegisteredVersion = z.object({
  modelPackageArn: z.string(),
  version: z.number().int().min(1),
  artifactUri: S3Uri,
  artifactSha256: Sha256,
  image: z.string(),
  goldenAnswers: DocumentReference,
  /** What live traffic is compared with; absent where postprocess left no training sample. */
  baseline: DocumentReference.optional(),
});
export type RegisteredVersion = z.infer<typeof RegisteredVersion>;

/** Why there is a run that no pipeline asked for: it trains the live version's commit again, on the data of today. */
export const RunOrigin = z.object({
  kind: z.literal('retraining'),
  caseId: z.string(),
  /** The run whose version was live. */
  ofRunId: z.string(),
  environment: EnvironmentName,
  issueUrl: z.string().optional(),
});
export type RunOrigin = z.infer<typeof RunOrigin>;

/** One candidate on its way from a commit to production. Rows hold facts and digests (at most 8 KB), never contents. */
export const Run = z.object({
  runId: z.string().regex(/^[0-9a-f]{20}$/),
  runKey: Sha256,
  model: ModelName,
  /** The model's counter: a higher number is a newer candidate. */
  sequence: z.number().int().min(0),
  /** Counts the executions of the workflow for this run, from 1. */
  attempt: z.number().int().min(1),
  status: RunStatus,
  /** Sentences that say why the run was refused, routed back, superseded or parked. */
  reasons: z.array(z.string().max(1000)).max(20),
  projectId: z.number().int(),
  projectPath: z.string(),
  ref: z.string(),
  commit: CommitSha,
  commitTitle: z.string().max(255),
  commitAuthor: z.object({ name: z.string(), email: z.string() }),
  pipelineId: z.number().int(),
  pipelineUrl: z.string(),
  triggeredBy: GitlabUser,
  /** Absent where a pipeline asked for the run. For a retraining, pipeline and people are those of the run that it repeats. */
  origin: RunOrigin.optional(),
  acceptedAt: Timestamp,
  updatedAt: Timestamp,
  endedAt: Timestamp.optional(),
  environments: z.array(EnvironmentName),
  /** The parsed policy (see `Policy`) as JSON; `policySha256` is the digest of the file `mlops.yaml` at the commit. */
  policy: DocumentReference.optional(),
  policySha256: Sha256.optional(),
  /** The definition of the SageMaker pipeline as the author wrote it. */
  definition: DocumentReference.optional(),
  /** Prefix of the verified files of the script bundle, named by their digest. */
  codeUri: S3Uri.optional(),
  bundleDigest: Sha256.optional(),
  /** The list of data objects with their versions (see `ResolvedData`), and its digest. */
  data: DocumentReference.optional(),
  dataDigest: Sha256.optional(),
  champion: Champion.optional(),
  /** The number of the training whose champion is chosen: it was perhaps started, so it is repeated with this champion or none. */
  plannedTraining: z.number().int().min(1).optional(),
  training: Training.optional(),
  report: DocumentReference.optional(),
  artifactSha256: Sha256.optional(),
  /** The gates' verdict with each rule's operands (see `GateVerdict`). */
  verdict: DocumentReference.optional(),
  registered: RegisteredVersion.optional(),
  reviewId: z.string().optional(),
  approval: z
    .object({
      decidedBy: GitlabUser,
      decidedAt: Timestamp,
      packetSha256: Sha256,
      artifactSha256: Sha256,
      policySha256: Sha256,
    })
    .optional(),
  issueUrl: z.string().optional(),
});
export type Run = z.infer<typeof Run>;

const ENDED: readonly RunStatus[] = ['refused', 'live', 'routed-back', 'superseded'];

/** An ended run changes no more; a parked one has not ended, because it can be retried. */
export function hasEnded(status: RunStatus): boolean {
  return ENDED.includes(status);
}

/** Whether an execution of the workflow should be running for a run in this status. */
export function isActive(status: RunStatus): boolean {
  return !hasEnded(status) && status !== 'parked';
}
