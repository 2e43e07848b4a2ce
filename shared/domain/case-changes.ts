import { type Case, type CaseSubject, caseIdOf, isSnoozed } from './case.ts';
import { breachesInARow, type Look, newerLooks } from './case-looks.ts';
import type { GitlabUser, Run } from './run.ts';
import { cut } from './run-end.ts';

/** `consecutive`: so many breaches in a row open a case, so many recoveries close it. */
export type CaseRules = { consecutive: number; retrains: boolean };

/** The version that is live, as a case remembers it. */
export type CaseVersion = Pick<Case, 'projectId' | 'runId' | 'version' | 'commit'>;

/** The case that these looks open, `undefined` where they open none. `former` is the newest case, and is closed. */
export function openedCase(
  subject: CaseSubject,
  looks: readonly Look[],
  former: Case | undefined,
  rules: CaseRules,
  version: CaseVersion,
  now: string,
): Case | undefined {
  if (former !== undefined && isSnoozed(former, now)) return undefined;
  const breaches = breachesInARow(newerLooks(looks, former));
  const [first] = breaches;
  const last = breaches.at(-1);
  if (first === undefined || last === undefined || breaches.length < rules.consecutive) return undefined;
  return {
    caseId: caseIdOf(subject, first.window),
    model: subject.model,
    environment: subject.environment,
    signal: subject.signal,
    status: 'open',
    ...version,
    openedAt: now,
    firstWindow: first.window,
    lastWindow: last.window,
    breaches: breaches.length,
    recoveredInARow: 0,
    streak: { runId: last.runId, breaches: breachesOfNewestVersion(breaches) },
    notedBreaches: 0,
    retrainings: [],
    ...(rules.retrains && { retrainingWanted: last.window.to }),
    told: [],
  };
}

function breachesOfNewestVersion(breaches: readonly Look[]): number {
  const newest = breaches.at(-1)?.runId;
  return breaches.length - 1 - breaches.findLastIndex(({ runId }) => runId !== newest);
}

/** The case after all that the looks say which it has not counted yet. Closed cases count no more. */
export function countLooks(current: Case, looks: readonly Look[], rules: CaseRules, now: string): Case {
  return newerLooks(looks, current).reduce((counted, look) => countLook(counted, look, rules, now), current);
}

function countLook(current: Case, look: Look, rules: CaseRules, now: string): Case {
  if (current.status === 'closed') return current;
  return look.breached ? countBreach(current, look, rules, now) : countRecovery(current, look, rules, now);
}

function countBreach(current: Case, { window, runId }: Look, rules: CaseRules, now: string): Case {
  const former = current.streak.runId === runId ? current.streak.breaches : 0;
  const streak = { runId, breaches: former + 1 };
  const stopped = current.retrainingStopped ?? whyStopped({ ...current, streak }, rules);
  const wanted = rules.retrains && stopped === undefined && !isSnoozed(current, now);
  return {
    ...current,
    lastWindow: window,
    breaches: current.breaches + 1,
    recoveredInARow: 0,
    streak,
    ...(wanted && { retrainingWanted: window.to }),
    ...(stopped !== undefined && { retrainingStopped: stopped }),
  };
}

/** A retraining of this case is live, and the same drift is seen with it as often as opens a case. */
function whyStopped({ retrainings, streak }: Case, { consecutive }: CaseRules): string | undefined {
  if (streak.breaches < consecutive || !retrainings.some(({ runId }) => runId === streak.runId)) return undefined;
  return `Run ${streak.runId} was trained for this case and is live, and the drift goes on: training again does not help.`;
}

function countRecovery(current: Case, { window, runId }: Look, rules: CaseRules, now: string): Case {
  const recoveredInARow = current.recoveredInARow + 1;
  const counted: Case = { ...current, lastWindow: window, recoveredInARow, streak: { runId, breaches: 0 } };
  return recoveredInARow < rules.consecutive
    ? counted
    : { ...counted, status: 'closed', closedAt: now, closedBy: { kind: 'recovery' } };
}

/** Whoever closes it first has closed it. */
export function closeByPerson(current: Case, user: GitlabUser, at: string): Case {
  if (current.status === 'closed') return current;
  return { ...current, status: 'closed', closedAt: at, closedBy: { kind: 'person', user } };
}

/** The newest note holds, in whatever order they are heard of; it may shorten what an older one said. */
export function snooze(current: Case, note: { noteId: number; user: GitlabUser }, until: string): Case {
  if (current.snoozedBy !== undefined && current.snoozedBy.noteId >= note.noteId) return current;
  return { ...current, snoozedUntil: until, snoozedBy: note };
}

type Started = { runId: string; startedAt: string; dataDigest: string };

/** Each run once. `windowTo` is the window that asked for it. */
export function addRetraining(current: Case, started: Started, windowTo: string): Case {
  if (current.retrainings.some((known) => known.runId === started.runId)) return current;
  const { retrainingWaits: _, ...decided } = current;
  return { ...decided, retrainings: [...current.retrainings, started], retrainingDecided: windowTo };
}

/** How a retraining ended: once, for good. */
export function endRetraining(
  current: Case,
  { runId, status, reasons }: Pick<Run, 'runId' | 'status' | 'reasons'>,
): Case {
  if (!current.retrainings.some((known) => known.runId === runId && known.end === undefined)) return current;
  const [reason] = reasons;
  const end = { status, ...(reason !== undefined && { reason }) };
  return {
    ...current,
    retrainings: current.retrainings.map((known) => (known.runId === runId ? { ...known, end } : known)),
  };
}

export function noteWaiting(current: Case, why: string): Case {
  const sentence = cut(why, 1000);
  return current.retrainingWaits === sentence ? current : { ...current, retrainingWaits: sentence };
}

export function noteUnchangedData(current: Case, dataDigest: string, windowTo: string): Case {
  if (current.unchangedData === dataDigest && current.retrainingDecided === windowTo) return current;
  const { retrainingWaits: _, ...decided } = current;
  return { ...decided, unchangedData: dataDigest, retrainingDecided: windowTo };
}

/** Whether a window still asks for a retraining: the newest one does, until it was decided. */
export function wantsRetraining(current: Case, windowTo: string, now: string): boolean {
  const { status, retrainingStopped, retrainingWanted, retrainingDecided } = current;
  if (status === 'closed' || retrainingStopped !== undefined || isSnoozed(current, now)) return false;
  return retrainingWanted === windowTo && retrainingDecided !== windowTo;
}
