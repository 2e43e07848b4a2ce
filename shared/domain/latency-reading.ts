import * as z from 'zod';
import {
  BURN_WINDOW_NAMES,
  BURN_WINDOWS,
  type Budget,
  type Burns,
  type BurnWindow,
  burnedBy,
  burnRateOf,
  burns,
  PAGE_RULES,
  TICKET_RULES,
} from './burn-rate.ts';
import { EnvironmentName, ModelName, Timestamp } from './identifiers.ts';
import type { LatencyQuantiles, Percentiles, TrafficPeriod } from './latency-traffic.ts';
import type { LatencyObjective } from './policy.ts';

/** A percentile is told only where enough requests stand behind it. */
const MIN_MEASURED = { p50: 20, p90: 100, p99: 1_000 } as const;

const Quantiles = z.object({
  p50: z.number().optional(),
  p90: z.number().optional(),
  p99: z.number().optional(),
});
type Quantiles = z.infer<typeof Quantiles>;

const BurnRates = z.partialRecord(z.enum(BURN_WINDOW_NAMES), z.number().min(0));

/** A state that lasts, and since when. */
const Lasting = z.object({ since: Timestamp });

/**
 * How an endpoint answered in one hour, and how fast it uses up its error budget. One row an hour: the last reading of an hour is
 * the one that stays.
 */
export const LatencyReading = z.object({
  model: ModelName,
  environment: EnvironmentName,
  endpointName: z.string(),
  runId: z.string(),
  version: z.number().int(),
  /** When the hour begins. */
  hour: Timestamp,
  /** Up to when traffic was counted. */
  readUpTo: Timestamp,
  objective: z.object({ withinMs: z.number().int(), target: z.number() }),
  invocations: z.number().min(0),
  /** Requests that failed, were too slow, or were refused by the model (4xx, which cost no budget). */
  failures: z.number().min(0),
  slow: z.number().min(0),
  refused: z.number().min(0),
  /** Answered without error and in time; absent where nothing was asked. */
  goodShare: z.number().min(0).max(1).optional(),
  modelMicros: Quantiles.optional(),
  overheadMicros: Quantiles.optional(),
  burnRates: z.object({ latency: BurnRates, errors: BurnRates }),
  /** Burning fast enough to wake somebody, or to be looked at in working hours; `errorPage` where failures alone do that. */
  page: Lasting.optional(),
  ticket: Lasting.optional(),
  errorPage: Lasting.optional(),
});
export type LatencyReading = z.infer<typeof LatencyReading>;

export type MeasuredTraffic = {
  /** Periods of five minutes over six hours, and of an hour over three days, both ending at `readUpTo`. */
  fine: readonly TrafficPeriod[];
  coarse: readonly TrafficPeriod[];
  /** Minutes of the current hour. */
  hourly: readonly TrafficPeriod[];
  percentiles?: Percentiles | undefined;
};

type WhichReading = Pick<
  LatencyReading,
  'model' | 'environment' | 'endpointName' | 'runId' | 'version' | 'hour' | 'readUpTo'
>;

/** The longest window that is counted in five minutes. */
const LONGEST_FINE: BurnWindow = '6h';

/** Puts a reading together; what lasts since the reading before goes on lasting. */
export function readLatency(
  which: WhichReading,
  objective: LatencyObjective,
  traffic: MeasuredTraffic,
  before: Pick<LatencyReading, 'page' | 'ticket' | 'errorPage'> | undefined,
): LatencyReading {
  const { hour, readUpTo } = which;
  const latency = burnsOf(traffic, readUpTo, 'latency');
  const errors = burnsOf(traffic, readUpTo, 'errors');
  const page = burns(PAGE_RULES, latency, objective);
  const ticket = burns(TICKET_RULES, latency, objective);
  const errorPage = burns(PAGE_RULES, errors, objective);
  const secondsOfHour = (Date.parse(readUpTo) - Date.parse(hour)) / 1000;
  const { requests, bad } = burnedBy(traffic.hourly, readUpTo, secondsOfHour, 'latency');
  const { bad: failures } = burnedBy(traffic.hourly, readUpTo, secondsOfHour, 'errors');
  return {
    ...which,
    objective: { withinMs: objective.withinMs, target: objective.target },
    invocations: requests,
    failures,
    slow: sumOf(traffic.hourly, 'slow'),
    refused: sumOf(traffic.hourly, 'clientErrors'),
    ...(requests > 0 && { goodShare: 1 - bad / requests }),
    ...toldOf(traffic.percentiles),
    burnRates: { latency: ratesOf(latency, objective), errors: ratesOf(errors, objective) },
    ...(page && { page: before?.page ?? { since: readUpTo } }),
    ...(ticket && { ticket: before?.ticket ?? { since: readUpTo } }),
    ...(errorPage && { errorPage: before?.errorPage ?? { since: readUpTo } }),
  };
}

function burnsOf({ fine, coarse }: MeasuredTraffic, end: string, budget: Budget): Burns {
  const burned = (window: BurnWindow) => {
    const seconds = BURN_WINDOWS[window];
    return burnedBy(seconds <= BURN_WINDOWS[LONGEST_FINE] ? fine : coarse, end, seconds, budget);
  };
  return {
    '5m': burned('5m'),
    '30m': burned('30m'),
    '1h': burned('1h'),
    '2h': burned('2h'),
    '6h': burned('6h'),
    '1d': burned('1d'),
    '3d': burned('3d'),
  };
}

function ratesOf(burned: Burns, objective: LatencyObjective): Partial<Record<BurnWindow, number>> {
  const rates: Partial<Record<BurnWindow, number>> = {};
  for (const window of BURN_WINDOW_NAMES) {
    const rate = burnRateOf(burned[window], objective);
    if (rate !== undefined) rates[window] = rate;
  }
  return rates;
}

function toldOf(percentiles: Percentiles | undefined): Pick<LatencyReading, 'modelMicros' | 'overheadMicros'> {
  if (percentiles === undefined || percentiles.measured < MIN_MEASURED.p50) return {};
  const { measured, modelMicros, overheadMicros } = percentiles;
  const told = ({ p50, p90, p99 }: LatencyQuantiles): Quantiles => ({
    p50,
    ...(measured >= MIN_MEASURED.p90 && { p90 }),
    ...(measured >= MIN_MEASURED.p99 && { p99 }),
  });
  return { modelMicros: told(modelMicros), ...(overheadMicros && { overheadMicros: told(overheadMicros) }) };
}

function sumOf(periods: readonly TrafficPeriod[], count: 'slow' | 'clientErrors'): number {
  return periods.reduce((sum, period) => sum + period[count], 0);
}
