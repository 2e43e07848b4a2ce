import { type Case, isSnoozed } from './case.ts';

/**
 * What GitLab has yet to be told of a case. `key` names a note once and for all; a note about breaches has the day in it, so that
 * there is at most one a day.
 */
export type CaseDuty =
  | { kind: 'open-issue' }
  | { kind: 'close-issue'; key: string }
  | { kind: 'tell-breaches'; key: string }
  | { kind: 'tell-stopped'; key: string }
  | { kind: 'tell-unchanged-data'; key: string }
  | { kind: 'tell-retraining-started'; key: string; runId: string }
  | { kind: 'tell-retraining-ended'; key: string; runId: string };

type Note = Exclude<CaseDuty, { kind: 'open-issue' } | { kind: 'close-issue' }>;

/** In the order in which they are done. A snoozed case is silent, and still closes when it is over. */
export function dutiesOf(current: Case, now: string): CaseDuty[] {
  const { issue, status, closedBy, issueClosedAt } = current;
  if (issue === undefined) return status === 'open' ? [{ kind: 'open-issue' }] : [];
  if (status === 'closed') {
    const isOurs = closedBy?.kind === 'recovery' && issueClosedAt === undefined;
    return isOurs ? [{ kind: 'close-issue', key: 'closed' }] : [];
  }
  if (isSnoozed(current, now)) return [];
  return [...breachNote(current, now), ...otherNotes(current).filter(({ key }) => !current.told.includes(key))];
}

function breachNote({ breaches, notedBreaches, recoveredInARow, lastNoteOn }: Case, now: string): Note[] {
  const today = dayOf(now);
  const isNews = breaches > notedBreaches && recoveredInARow === 0;
  const isDue = lastNoteOn === undefined || lastNoteOn < today;
  return isNews && isDue ? [{ kind: 'tell-breaches', key: `breaches-${today}` }] : [];
}

function otherNotes({ retrainings, unchangedData, retrainingStopped }: Case): Note[] {
  const unchanged: Note[] =
    unchangedData === undefined
      ? []
      : [{ kind: 'tell-unchanged-data', key: `unchanged-data-${unchangedData.slice(0, 12)}` }];
  const stopped: Note[] = retrainingStopped === undefined ? [] : [{ kind: 'tell-stopped', key: 'retraining-stopped' }];
  const told = retrainings.flatMap(({ runId, end }): Note[] => [
    { kind: 'tell-retraining-started', key: `retraining-${runId}-started`, runId },
    ...(end === undefined ? [] : [{ kind: 'tell-retraining-ended' as const, key: `retraining-${runId}-ended`, runId }]),
  ]);
  return [...told, ...unchanged, ...stopped];
}

/** The day in UTC. */
export function dayOf(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The case after a duty was done. */
export function fulfilled(current: Case, duty: Exclude<CaseDuty, { kind: 'open-issue' }>, now: string): Case {
  if (duty.kind === 'close-issue') return { ...current, issueClosedAt: now };
  if (duty.kind === 'tell-breaches') return withBreachesTold(current, now);
  return current.told.includes(duty.key) ? current : { ...current, told: [...current.told, duty.key] };
}

/** The issue tells of the breaches that opened it, so that the first note comes on another day. */
export function withIssue(current: Case, issue: NonNullable<Case['issue']>, now: string): Case {
  return current.issue === undefined ? withBreachesTold({ ...current, issue }, now) : current;
}

function withBreachesTold(current: Case, now: string): Case {
  return { ...current, lastNoteOn: dayOf(now), notedBreaches: current.breaches };
}
