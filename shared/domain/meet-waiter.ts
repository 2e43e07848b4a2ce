import * as z from 'zod';
import { Timestamp } from './identifiers.ts';

/** What wakes a waiting state: its output, or the fault with which it fails. */
export const WakeSignal = z.union([
  z.strictObject({ output: z.record(z.string(), z.unknown()) }),
  z.strictObject({ fault: z.strictObject({ name: z.string(), message: z.string() }) }),
]);
export type WakeSignal = z.infer<typeof WakeSignal>;

/** Who came to the meeting place so far. `id` tells two tokens apart; `sealed` is the encrypted token. */
export const Meeting = z.object({
  token: z.object({ id: z.string(), sealed: z.string() }).optional(),
  waitingSince: Timestamp.optional(),
  signal: WakeSignal.optional(),
  /** Set when the workflow has taken the answer. */
  deliveredAt: Timestamp.optional(),
});
export type Meeting = z.infer<typeof Meeting>;

type WaiterToken = NonNullable<Meeting['token']>;

/** Whether both are there and the workflow has not been answered yet. */
export function isUndelivered(meeting: Meeting): boolean {
  return meeting.token !== undefined && meeting.signal !== undefined && meeting.deliveredAt === undefined;
}

export function isWaiting(meeting: Meeting): boolean {
  return meeting.token !== undefined && meeting.deliveredAt === undefined;
}

/**
 * The newest token wins. A pair that has met is over: another token begins a new round, and the same token (a repeated call)
 * changes nothing.
 */
export function arriveWaiter(meeting: Meeting, token: WaiterToken, now: string): Meeting {
  if (meeting.deliveredAt === undefined) return { ...meeting, token, waitingSince: meeting.waitingSince ?? now };
  if (meeting.token?.id === token.id) return meeting;
  return { token, waitingSince: now };
}

/** The first signal of a round wins; later ones change nothing. */
export function arriveSignal(meeting: Meeting, signal: WakeSignal): Meeting {
  return meeting.signal === undefined ? { ...meeting, signal } : meeting;
}
