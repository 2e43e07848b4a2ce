import * as z from 'zod';
import { Timestamp } from './identifiers.ts';

/** What an endpoint was asked in one period. Every field is a number of requests, so periods add up. */
export const TrafficPeriod = z.object({
  start: Timestamp,
  invocations: z.number().min(0),
  /** Requests whose latency was measured; the model took longer than the objective allows for `slow` of them. */
  measured: z.number().min(0),
  slow: z.number().min(0),
  /** As SageMaker counts them: answers of the model with 4xx and 5xx, and all of its answers that are not 2xx, or none at all. */
  clientErrors: z.number().min(0),
  serverErrors: z.number().min(0),
  modelErrors: z.number().min(0),
});
export type TrafficPeriod = z.infer<typeof TrafficPeriod>;

export const LatencyQuantiles = z.object({ p50: z.number(), p90: z.number(), p99: z.number() });
export type LatencyQuantiles = z.infer<typeof LatencyQuantiles>;

/** In microseconds, as SageMaker measures: `overhead` is what the endpoint adds to the time of the model. */
export type Percentiles = { measured: number; modelMicros: LatencyQuantiles; overheadMicros?: LatencyQuantiles };

/**
 * Requests that count against the budget because they failed. `modelErrors` has the 4xx and 5xx among it and adds what had no status
 * at all: a broken connection, a time-out. A request that the model refuses (4xx) is the caller's mistake and costs nothing.
 */
export function failuresOf(period: Omit<TrafficPeriod, 'start'>): number {
  return Math.max(period.serverErrors, period.modelErrors - period.clientErrors, 0);
}
