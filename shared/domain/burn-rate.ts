import { failuresOf, type TrafficPeriod } from './latency-traffic.ts';
import type { LatencyObjective } from './policy.ts';

/** The windows over which the use of the budget is watched, in seconds. */
export const BURN_WINDOWS = {
  '5m': 300,
  '30m': 1_800,
  '1h': 3_600,
  '2h': 7_200,
  '6h': 21_600,
  '1d': 86_400,
  '3d': 259_200,
} as const;
export type BurnWindow = keyof typeof BURN_WINDOWS;
export const BURN_WINDOW_NAMES = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const satisfies readonly BurnWindow[];

type BurnRule = { long: BurnWindow; short: BurnWindow; factor: number };

/**
 * Multi-window, multi-burn-rate alerts for an objective over 30 days (Google's SRE workbook, chapter 5): 14.4 times as fast as the
 * budget lasts uses up 2 % of it in an hour, 6 times 5 % in six hours, 3 times and once 10 % in one and in three days. The short
 * window ends the alert soon after the trouble ends.
 */
export const PAGE_RULES: readonly BurnRule[] = [
  { long: '1h', short: '5m', factor: 14.4 },
  { long: '6h', short: '30m', factor: 6 },
];
export const TICKET_RULES: readonly BurnRule[] = [
  { long: '1d', short: '2h', factor: 3 },
  { long: '3d', short: '6h', factor: 1 },
];

/** With less traffic in the long window, a handful of slow requests would wake somebody. */
export const MIN_REQUESTS = 100;
export const MIN_BAD_REQUESTS = 10;

/** Shares are quotients of whole numbers; a burn rate of exactly 14.4 must not be missed by the last bit. */
const ROUNDING = 1e-9;

/** `bad` requests use up the budget: those that failed, and those that were too slow. */
export type Burned = { requests: number; bad: number };

export type Burns = Readonly<Record<BurnWindow, Burned>>;

/** What is charged: failures alone, or slow answers too. */
export type Budget = 'latency' | 'errors';

/**
 * What the periods that begin within `seconds` before `end` amount to. A request that failed slowly is counted twice, so at most all
 * requests are charged.
 */
export function burnedBy(periods: readonly TrafficPeriod[], end: string, seconds: number, budget: Budget): Burned {
  const from = new Date(Date.parse(end) - seconds * 1000).toISOString();
  const burned = { requests: 0, bad: 0 };
  for (const period of periods) {
    if (period.start < from || period.start >= end) continue;
    const charged = failuresOf(period) + (budget === 'latency' ? period.slow : 0);
    burned.requests += period.invocations;
    burned.bad += Math.min(charged, period.invocations);
  }
  return burned;
}

/**
 * Where an objective is so loose that 14.4 times its budget is more than all requests, nearly all of them are enough: an endpoint
 * that is down must wake somebody, whatever was promised.
 */
const MAX_BAD_SHARE = 0.9;

/** How many times as fast as it would just last the budget is used up; `undefined` where nothing was asked. */
export function burnRateOf(
  { requests, bad }: Burned,
  { target }: Pick<LatencyObjective, 'target'>,
): number | undefined {
  return requests === 0 ? undefined : bad / requests / (1 - target);
}

/** Whether one of the rules holds: both of its windows burn, and its long one had traffic enough to tell. */
export function burns(
  rules: readonly BurnRule[],
  burned: Burns,
  { target }: Pick<LatencyObjective, 'target'>,
): boolean {
  return rules.some(({ long, short, factor }) => {
    const enough = Math.min(factor * (1 - target), MAX_BAD_SHARE) * (1 - ROUNDING);
    if (burned[long].requests < MIN_REQUESTS || burned[long].bad < MIN_BAD_REQUESTS) return false;
    return [burned[long], burned[short]].every(({ requests, bad }) => requests > 0 && bad / requests >= enough);
  });
}
