import * as z from 'zod';
import { secondsOf } from './durations.ts';
import { Timestamp } from './identifiers.ts';
import type { Retraining } from './policy.ts';

const WEEK_MILLISECONDS = 7 * 86_400_000;
/** The longest cool-down that a policy may ask for. */
const KEPT_MILLISECONDS = 31 * 86_400_000;

/** The retrainings of a model in the last month: what its cool-down and its weekly cap are counted from. */
export const RetrainingLedger = z.object({ starts: z.array(z.object({ runId: z.string(), at: Timestamp })) });
export type RetrainingLedger = z.infer<typeof RetrainingLedger>;

export const NO_RETRAININGS: RetrainingLedger = { starts: [] };

export type RetrainingGrant = { outcome: 'granted' } | { outcome: 'not-yet'; why: string; until: string };

/** Grants one more retraining, or says what stands in the way. Asking again for the same run is the same grant. */
export function grantRetraining(
  ledger: RetrainingLedger,
  { runId, at }: { runId: string; at: string },
  { cooldown, maxPerWeek }: Pick<Retraining, 'cooldown' | 'maxPerWeek'>,
): { ledger: RetrainingLedger; grant: RetrainingGrant } {
  if (ledger.starts.some((start) => start.runId === runId)) return { ledger, grant: { outcome: 'granted' } };
  const refusal = coolingDown(ledger, at, cooldown) ?? weekIsFull(ledger, at, maxPerWeek);
  if (refusal !== undefined) return { ledger, grant: refusal };
  const recent = ledger.starts.filter((start) => Date.parse(at) - Date.parse(start.at) < KEPT_MILLISECONDS);
  return { ledger: { starts: [...recent, { runId, at }] }, grant: { outcome: 'granted' } };
}

function coolingDown({ starts }: RetrainingLedger, at: string, cooldown: string): RetrainingGrant | undefined {
  const until = Math.max(...starts.map((start) => Date.parse(start.at))) + (secondsOf(cooldown) ?? 0) * 1000;
  return Date.parse(at) < until ? notYet(`the cool-down of ${cooldown} since the last one`, until) : undefined;
}

function weekIsFull({ starts }: RetrainingLedger, at: string, maxPerWeek: number): RetrainingGrant | undefined {
  const thisWeek = starts
    .map((start) => Date.parse(start.at))
    .filter((time) => time > Date.parse(at) - WEEK_MILLISECONDS);
  const first = thisWeek.sort((a, b) => a - b).at(-maxPerWeek);
  return first === undefined
    ? undefined
    : notYet(`the limit of ${maxPerWeek} retrainings in a week`, first + WEEK_MILLISECONDS);
}

function notYet(what: string, untilMilliseconds: number): RetrainingGrant {
  const until = new Date(untilMilliseconds).toISOString();
  return { outcome: 'not-yet', why: `No retraining before ${until}: ${what}.`, until };
}
