import { arriveSignal, arriveWaiter, isUndelivered, isWaiting, type Meeting } from '../../shared/domain/meet-waiter.ts';
import type { Rendezvous } from '../../shared/ports/rendezvous.ts';
import { type FakeTaskTokens, fakeTaskTokens } from './task-tokens.ts';

export type FakeRendezvous = Rendezvous & { tokens: FakeTaskTokens };

/** Meetings in memory; `tokens.answers` shows which task was woken with what. */
export function fakeRendezvous(tokens: FakeTaskTokens = fakeTaskTokens()): FakeRendezvous {
  const meetings = new Map<string, Meeting>();
  const at = (subject: string): Meeting => meetings.get(subject) ?? {};

  async function deliver(subject: string, now: string): Promise<void> {
    const meeting = at(subject);
    const { token, signal } = meeting;
    if (token === undefined || signal === undefined) return;
    if ('output' in signal) await tokens.succeed(token.sealed, signal.output);
    else await tokens.fail(token.sealed, signal.fault.name, signal.fault.message);
    meetings.set(subject, { ...meeting, deliveredAt: now });
  }

  return {
    tokens,
    async wait(subject, taskToken, now) {
      meetings.set(subject, arriveWaiter(at(subject), { id: taskToken, sealed: taskToken }, now));
      if (isUndelivered(at(subject))) await deliver(subject, now);
      return at(subject).deliveredAt === undefined ? 'waiting' : 'answered';
    },
    async signal(subject, signal, now) {
      const before = at(subject);
      meetings.set(subject, arriveSignal(before, signal));
      if (before.token === undefined) return 'kept';
      if (isUndelivered(at(subject))) await deliver(subject, now);
      return before.signal === undefined ? 'answered' : 'already-answered';
    },
    async overdue(before) {
      return [...meetings]
        .filter(
          ([, meeting]) => isWaiting(meeting) && meeting.waitingSince !== undefined && meeting.waitingSince < before,
        )
        .map(([subject, meeting]) => ({ subject, waitingSince: meeting.waitingSince ?? before }));
    },
    async redeliver(subject) {
      if (!isUndelivered(at(subject))) return 'nothing-to-deliver';
      await deliver(subject, at(subject).waitingSince ?? new Date(0).toISOString());
      return 'delivered';
    },
  };
}
