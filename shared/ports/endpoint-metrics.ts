import type { Percentiles, TrafficPeriod } from '../domain/latency-traffic.ts';
import type { TimeWindow } from '../domain/monitor-window.ts';

/** What an endpoint's metrics are read of: its one variant is always `main` (see domain/capture-place.ts). */
export type TrafficQuestion = {
  endpointName: string;
  /** Counted in minutes: seconds are cut off. */
  window: TimeWindow;
  /** 60 or a multiple of it. */
  periodSeconds: number;
  /** What the objective calls fast. */
  withinMs: number;
};

/** What SageMaker tells CloudWatch of an endpoint (namespace `AWS/SageMaker`). @throws everywhere: ServiceUnavailable, PermissionRefused */
export type EndpointMetrics = {
  /** Requests in the window, answered or not; `undefined` where CloudWatch knows of none. It may learn of the newest minutes late. */
  countInvocations(endpointName: string, window: TimeWindow): Promise<number | undefined>;
  /** Counts that may be added up, one entry for each period that had traffic, oldest first. */
  readTraffic(question: TrafficQuestion): Promise<TrafficPeriod[]>;
  /** Over the whole window at once, because percentiles can't be added up; `undefined` where there was no traffic. */
  readPercentiles(endpointName: string, window: TimeWindow): Promise<Percentiles | undefined>;
};
