import type { TrafficPeriod } from '../../../shared/domain/latency-traffic.ts';

/** A period in which everything went well, but for what `changes` say. */
export function traffic(start: string, invocations: number, changes: Partial<TrafficPeriod> = {}): TrafficPeriod {
  return {
    start: new Date(start).toISOString(),
    invocations,
    measured: invocations,
    slow: 0,
    clientErrors: 0,
    serverErrors: 0,
    modelErrors: 0,
    ...changes,
  };
}

/** The same period again and again, so many of them, the last one ending at `end`. */
export function until(
  end: string,
  periodSeconds: number,
  count: number,
  period: (start: string) => TrafficPeriod,
): TrafficPeriod[] {
  return Array.from({ length: count }, (_, index) =>
    period(new Date(Date.parse(end) - (count - index) * periodSeconds * 1000).toISOString()),
  );
}
