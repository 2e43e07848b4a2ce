import type { Case, CaseKey, CaseSubject } from '../domain/case.ts';
import type { RetrainingGrant } from '../domain/grant-retraining.ts';
import type { Retraining } from '../domain/policy.ts';

/** Facts about a case (opened, closed, a retraining is due) go out on the bus with the write that causes them. */
export type Cases = {
  /** The newest case of the subject, open or closed. */
  newest(subject: CaseSubject): Promise<Case | undefined>;
  /**
   * Opens `wanted` if `formerId` still names the newest case (`undefined`: there is none yet). Whoever comes second gets the case
   * that the first one opened.
   */
  open(wanted: Case, formerId: string | undefined): Promise<Case>;
  /**
   * Changes a case by a pure function, which may be called several times and leaves it alone by returning what it was given.
   * @throws NotFound; WriteConflict when others were faster every time
   */
  change(key: CaseKey, change: (current: Case) => Case): Promise<Case>;
  /** The case whose issue this is. */
  ofIssue(projectId: number, iid: number): Promise<Case | undefined>;
  /** Cases of every environment of the model, in no particular order. */
  listByModel(model: string): Promise<Case[]>;
};

export type RetrainingLedgers = {
  /** Counts the start of this run against the model's cool-down and weekly cap: once per run, and one writer at a time. */
  reserve(
    model: string,
    start: { runId: string; at: string },
    limits: Pick<Retraining, 'cooldown' | 'maxPerWeek'>,
  ): Promise<RetrainingGrant>;
};
