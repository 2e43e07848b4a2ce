import type { WakeSignal } from '../domain/meet-waiter.ts';

type Waiting = { subject: string; waitingSince: string };

/**
 * A state that waits stores its task token under a subject; a signal for the subject wakes it. Whichever comes first is kept
 * for the other, and each pair meets once. Tokens are encrypted with the subject as context and never leave the adapter.
 */
export type Rendezvous = {
  /** Stores the token (the newest one wins) and, if a signal is already there, answers it at once. */
  wait(subject: string, taskToken: string, now: string): Promise<'waiting' | 'answered'>;
  /** Wakes the waiting state, or keeps the signal for the state that will come. A second signal for an answered wait changes nothing. */
  signal(subject: string, signal: WakeSignal, now: string): Promise<'answered' | 'kept' | 'already-answered'>;
  /** Subjects that have waited since before `before`, for the sweeper. */
  overdue(before: string): Promise<Waiting[]>;
  /** Answers again what was decided but perhaps not delivered: a crash between decision and answer. */
  redeliver(subject: string): Promise<'delivered' | 'nothing-to-deliver'>;
};
