import type { Case } from '../../shared/domain/case.ts';
import type { CaseClosed } from './case-closed.ts';
import type { CaseOpened } from './case-opened.ts';
import type { RetrainingDue } from './retraining-due.ts';

/** A fact that a change of a case causes; `key` is the same for the same fact. */
export type CaseFact = { key: string; occurredAt: string } & (
  | { detailType: 'CaseOpened.v1'; detail: CaseOpened }
  | { detailType: 'CaseClosed.v1'; detail: CaseClosed }
  | { detailType: 'RetrainingDue.v1'; detail: RetrainingDue }
);

/** What the rest of the company hears of a change from `before` (`undefined`: there was no case) to `after`. */
export function factsOfCase(before: Case | undefined, after: Case, occurredAt: string): CaseFact[] {
  const { caseId, environment, signal, version, runId, model, commit, breaches, issue, openedAt } = after;
  const base = { runId, model, commit, occurredAt, caseId, environment, signal, version };
  const facts: CaseFact[] = [];
  if (before === undefined) {
    const window = { from: after.firstWindow.from, to: after.lastWindow.to };
    const detail = { ...base, window, breaches };
    facts.push({ key: 'opened', occurredAt, detailType: 'CaseOpened.v1', detail });
  }
  if (after.retrainingWanted !== undefined && after.retrainingWanted !== before?.retrainingWanted) {
    const detail = { ...base, openedAt, windowTo: after.retrainingWanted };
    facts.push({ key: `retraining-due-${detail.windowTo}`, occurredAt, detailType: 'RetrainingDue.v1', detail });
  }
  if (before?.status === 'open' && after.status === 'closed') {
    const detail = {
      ...base,
      closedBy: after.closedBy?.kind ?? 'recovery',
      breaches,
      retrainings: after.retrainings.map((retraining) => retraining.runId),
      ...(issue && { issueUrl: issue.webUrl }),
    };
    facts.push({ key: 'closed', occurredAt, detailType: 'CaseClosed.v1', detail });
  }
  return facts;
}
