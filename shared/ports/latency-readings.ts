import type { LatencyReading } from '../domain/latency-reading.ts';
import type { Fact } from './bus.ts';

/** What began to burn at `since`, or that it is over: names one alert for ever. */
export type BurnAlert = {
  model: string;
  environment: string;
  severity: 'page' | 'ticket';
  since: string;
  state: 'burning' | 'recovered';
};

/** How endpoints answered, hour by hour. */
export type LatencyReadings = {
  /** The reading stands for its hour, unless a later one stands there already. */
  record(reading: LatencyReading): Promise<void>;
  /** Newest first. */
  list(model: string, environment: string, limit: number): Promise<LatencyReading[]>;
  /** Puts the alert's fact on the bus once; `false`: that was done before. */
  tellOnce(alert: BurnAlert, fact: Fact): Promise<boolean>;
};
