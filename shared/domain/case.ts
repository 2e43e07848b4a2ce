import * as z from 'zod';
import { sha256Hex } from './canonical-json.ts';
import { CommitSha, EnvironmentName, ModelName, Sha256, Timestamp } from './identifiers.ts';
import { TimeWindow } from './monitor-window.ts';
import { GitlabUser, RunStatus } from './run.ts';

/** What went wrong at an endpoint. */
export const CaseSignal = z.enum(['drift', 'latency']);
export type CaseSignal = z.infer<typeof CaseSignal>;

/** A run that was started because of a case. `end` is set, once it has ended, with the sentence that says why. */
const CaseRetraining = z.object({
  runId: z.string(),
  startedAt: Timestamp,
  dataDigest: Sha256.optional(),
  end: z.object({ status: RunStatus, reason: z.string().max(1000).optional() }).optional(),
});

/** The endpoint's own windows closed it, or a person who closed its issue. */
const CaseClosing = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('recovery') }),
  z.object({ kind: z.literal('person'), user: GitlabUser }),
]);

/**
 * One trouble of one environment, from its first breach until it is over: at most one is open per model, environment and signal.
 * `runId`, `version` and `commit` are those of the version that was live when it was opened.
 */
export const Case = z.object({
  caseId: z.string().regex(/^[0-9a-f]{20}$/),
  model: ModelName,
  environment: EnvironmentName,
  signal: CaseSignal,
  status: z.enum(['open', 'closed']),
  projectId: z.number().int(),
  runId: z.string(),
  version: z.number().int(),
  commit: CommitSha,
  openedAt: Timestamp,
  closedAt: Timestamp.optional(),
  closedBy: CaseClosing.optional(),
  /** The first window of the breaches that opened it. */
  firstWindow: TimeWindow,
  /** The newest window that was counted: no older one counts any more. */
  lastWindow: TimeWindow,
  breaches: z.number().int().min(1),
  recoveredInARow: z.number().int().min(0),
  /** Breaches in a row of one version: what tells whether a retraining helped. */
  streak: z.object({ runId: z.string(), breaches: z.number().int().min(0) }),
  issue: z.object({ iid: z.number().int(), webUrl: z.string() }).optional(),
  /** When we closed the issue; absent where a person did. */
  issueClosedAt: Timestamp.optional(),
  /** The day (UTC) of the newest note about breaches, and how many of them were told. */
  lastNoteOn: z.iso.date().optional(),
  notedBreaches: z.number().int().min(0).default(0),
  /** No notes, no retraining and no new case before then, because a person said so in the note of this id. */
  snoozedUntil: Timestamp.optional(),
  snoozedBy: z.object({ noteId: z.number().int(), user: GitlabUser }).optional(),
  retrainings: z.array(CaseRetraining).max(100).default([]),
  /** End of the newest window whose breach asks for a retraining. */
  retrainingWanted: Timestamp.optional(),
  /** The newest such window for which a retraining was started, or found to bring nothing new. */
  retrainingDecided: Timestamp.optional(),
  /** Why the newest wish for a retraining has to wait. */
  retrainingWaits: z.string().max(1000).optional(),
  /** The data that a retraining would have had: the live version, or a retraining, has seen it already. */
  unchangedData: Sha256.optional(),
  /** Why no more retrainings are started. */
  retrainingStopped: z.string().max(1000).optional(),
  /** Keys of the notes that were written beside those about breaches. */
  told: z.array(z.string()).default([]),
  /** Who writes to the issue now: one at a time. */
  worker: z.object({ by: z.string(), until: Timestamp }).optional(),
});
export type Case = z.infer<typeof Case>;

/** Whose newest case is asked for. */
export type CaseSubject = Pick<Case, 'model' | 'environment' | 'signal'>;
export type CaseKey = CaseSubject & Pick<Case, 'openedAt'>;

/** The same for all who see the same first window. */
export function caseIdOf({ model, environment, signal }: CaseSubject, firstWindow: TimeWindow): string {
  return sha256Hex([model, environment, signal, firstWindow.from, firstWindow.to].join('/')).slice(0, 20);
}

export function isSnoozed({ snoozedUntil }: Pick<Case, 'snoozedUntil'>, now: string): boolean {
  return snoozedUntil !== undefined && Date.parse(now) < Date.parse(snoozedUntil);
}
