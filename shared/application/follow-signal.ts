import type { Case, CaseSubject } from '../domain/case.ts';
import { isSnoozed } from '../domain/case.ts';
import { type CaseRules, type CaseVersion, countLooks, endRetraining, openedCase } from '../domain/case-changes.ts';
import type { Look } from '../domain/case-looks.ts';
import { hasEnded } from '../domain/run.ts';
import type { Cases } from '../ports/cases.ts';
import type { Runs } from '../ports/runs.ts';
import { type EvidenceSource, type FulfilDutiesDeps, fulfilDuties } from './fulfil-duties.ts';

export type FollowSignalDeps = FulfilDutiesDeps & {
  cases: Pick<Cases, 'newest' | 'open' | 'change'>;
  runs: Pick<Runs, 'find'>;
};

/** What is followed: the looks at one subject, oldest first, and what is live there. */
export type Followed = {
  subject: CaseSubject;
  looks: readonly Look[];
  rules: CaseRules;
  version: CaseVersion;
  source: EvidenceSource;
};

export type FollowedTo = { outcome: 'none' | 'opened' | 'open' | 'closed' | 'silenced'; caseId?: string };

/**
 * Counts what the looks say towards the subject's case, opens it or closes it, and tells GitLab. Looks that were counted change
 * nothing, so that this may be repeated, and done by several at once.
 */
export async function followSignal(followed: Followed, deps: FollowSignalDeps): Promise<FollowedTo> {
  const { subject, looks, rules, version, source } = followed;
  const newest = await deps.cases.newest(subject);
  const counted = newest && (await fulfilDuties(await count(newest, looks, rules, deps), source, deps));
  if (counted?.status === 'open') return openOrSilenced(counted, deps);

  const wanted = openedCase(subject, looks, counted, rules, version, deps.now());
  if (wanted === undefined) return howItStays(newest, counted, deps);
  const opened = await fulfilDuties(await deps.cases.open(wanted, counted?.caseId), source, deps);
  return { outcome: 'opened', caseId: opened.caseId };
}

async function count(current: Case, looks: readonly Look[], rules: CaseRules, deps: FollowSignalDeps): Promise<Case> {
  const counted = await deps.cases.change(current, (latest) => countLooks(latest, looks, rules, deps.now()));
  let settled = counted;
  for (const { runId } of counted.retrainings.filter(({ end }) => end === undefined)) {
    const run = await deps.runs.find(runId);
    if (run !== undefined && hasEnded(run.status))
      settled = await deps.cases.change(settled, (latest) => endRetraining(latest, run));
  }
  return settled;
}

function openOrSilenced(current: Case, { now }: Pick<FollowSignalDeps, 'now'>): FollowedTo {
  return { outcome: isSnoozed(current, now()) ? 'silenced' : 'open', caseId: current.caseId };
}

function howItStays(before: Case | undefined, after: Case | undefined, { now }: FollowSignalDeps): FollowedTo {
  if (after === undefined) return { outcome: 'none' };
  if (before?.status === 'open') return { outcome: 'closed', caseId: after.caseId };
  return isSnoozed(after, now()) ? { outcome: 'silenced', caseId: after.caseId } : { outcome: 'none' };
}
