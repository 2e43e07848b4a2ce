import { sha256Hex } from '../../domain/canonical-json.ts';
import {
  arriveSignal,
  arriveWaiter,
  isUndelivered,
  isWaiting,
  Meeting,
  type WakeSignal,
} from '../../domain/meet-waiter.ts';
import type { Rendezvous } from '../../ports/rendezvous.ts';
import type { TaskTokens } from '../../ports/task-tokens.ts';
import type { SealsTokens } from '../aws/seal-token.ts';
import { reviseSeen, type Seen } from './revise.ts';
import { queryShards, shardOf } from './shards.ts';
import { entityOf } from './stored-entity.ts';
import { type Key, openTable, type Values } from './table.ts';

/**
 * Twice the longest that a workflow waits. After that a meeting is over, or is one of a task that ended without an answer: nobody
 * would ever take it off the list of waits.
 */
const KEPT_SECONDS = 30 * 24 * 3600;

const keyOf = (subject: string): Key => ({ pk: `WAIT#${subject}`, sk: 'WAIT' });
const subjectOf = (item: Values): string => String(item.pk).slice('WAIT#'.length);

/**
 * Each meeting is one item. Its next state is worked out by a pure function and written if nobody wrote meanwhile, so that a token
 * and a signal that arrive together meet once. The workflow is answered after the write; a crash between leaves an undelivered
 * meeting that stays in the list of waits, where the sweeper finds it.
 */
export function dynamodbRendezvous({
  table: name,
  tokens,
  seals,
}: {
  table: string;
  tokens: TaskTokens;
  seals: SealsTokens;
}): Rendezvous {
  const table = openTable(name);

  function write(subject: string, now: string, change: (meeting: Meeting) => Meeting, seen?: Seen) {
    return reviseSeen(
      table,
      keyOf(subject),
      Meeting,
      (meeting = {}) => change(meeting),
      (meeting) => ({
        ttl: Math.floor(Date.parse(now) / 1000) + KEPT_SECONDS,
        ...(isWaiting(meeting) && {
          gsi1pk: shardOf('WAITING', subject),
          gsi1sk: `${meeting.waitingSince ?? now}#${subject}`,
        }),
      }),
      seen,
    );
  }

  async function answer(taskToken: string, signal: WakeSignal): Promise<void> {
    // `gone` means answered before: an answer that was given but not recorded, or a task that timed out.
    if ('output' in signal) await tokens.succeed(taskToken, signal.output);
    else await tokens.fail(taskToken, signal.fault.name, signal.fault.message);
  }

  /** `taskToken`: the meeting's token, where it is known unsealed. */
  async function deliver(subject: string, meeting: Meeting, seen: Seen, now: string, taskToken?: string) {
    const { token, signal } = meeting;
    if (token === undefined || signal === undefined) return;
    await answer(taskToken ?? (await seals.unseal(subject, token.sealed)), signal);
    const delivered = (current: Meeting) =>
      current.token?.id === token.id ? { ...current, deliveredAt: now } : current;
    await write(subject, now, delivered, seen);
  }

  return {
    async wait(subject, taskToken, now) {
      const token = { id: sha256Hex(taskToken), sealed: await seals.seal(subject, taskToken) };
      // Mostly nobody was here before; where somebody was, the write finds out.
      const nobody = { stored: undefined };
      const { entity, stands } = await write(subject, now, (current) => arriveWaiter(current, token, now), nobody);
      if (isWaiting(entity) && !isUndelivered(entity)) return 'waiting';
      if (isUndelivered(entity)) await deliver(subject, entity, stands, now, taskToken);
      return 'answered';
    },

    async signal(subject, signal, now) {
      const seen = { stored: await table.get(keyOf(subject)) };
      const { token } = seen.stored === undefined ? {} : entityOf(Meeting, seen.stored);
      let first = false;
      const arrived = (current: Meeting) => {
        first = current.signal === undefined;
        return arriveSignal(current, signal);
      };
      const [{ entity, stands }, taskToken] = await Promise.all([
        write(subject, now, arrived, seen),
        token && seals.unseal(subject, token.sealed),
      ]);
      if (entity.token === undefined) return 'kept';
      if (isUndelivered(entity))
        await deliver(subject, entity, stands, now, entity.token.id === token?.id ? taskToken : undefined);
      return first ? 'answered' : 'already-answered';
    },

    async overdue(before) {
      const items = await queryShards(table, 'WAITING', { before });
      return items.map((item) => ({
        subject: subjectOf(item),
        waitingSince: entityOf(Meeting, item).waitingSince ?? before,
      }));
    },

    async redeliver(subject) {
      const item = await table.get(keyOf(subject));
      if (item === undefined) return 'nothing-to-deliver';
      const meeting = entityOf(Meeting, item);
      if (!isUndelivered(meeting)) return 'nothing-to-deliver';
      await deliver(subject, meeting, { stored: item }, meeting.waitingSince ?? new Date(0).toISOString());
      return 'delivered';
    },
  };
}
