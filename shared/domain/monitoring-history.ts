import type { Case } from './case.ts';
import { driftMonitoringOf } from './drift-monitoring-of.ts';
import type { LatencyReading } from './latency-reading.ts';
import type { MonitorWindow, TimeWindow } from './monitor-window.ts';
import type { DriftMonitoring, LatencyObjective, Policy } from './policy.ts';

/** What the live version's policy wants watched in one environment. */
export type WatchedBy = {
  version: number;
  /** Whether it asks for any monitoring at all, and for that of drift. */
  monitors: boolean;
  wantsDrift: boolean;
  /** Set where it asks for it and captures requests: drift is watched in what is captured. */
  drift: DriftMonitoring | undefined;
  latency: LatencyObjective | undefined;
  retrains: boolean;
};

/** One environment as its monitor saw it; everything oldest first. */
export type MonitoringHistory = {
  model: string;
  environment: string;
  /** `undefined` where nothing is live, or the policy of what is live can't be read. */
  watched: WatchedBy | undefined;
  windows: readonly MonitorWindow[];
  readings: readonly LatencyReading[];
  cases: readonly Case[];
};

export function watchedBy(policy: Policy, environment: string, version: number): WatchedBy {
  return {
    version,
    monitors: policy.monitoring !== undefined,
    wantsDrift: policy.monitoring?.drift !== undefined,
    drift: driftMonitoringOf(policy, environment)?.drift,
    latency: policy.monitoring?.latency?.slo,
    retrains: policy.feedback.retrain !== undefined,
  };
}

/** Where the report of a window is shown. */
export function windowReportPath(model: string, environment: string, { from, to }: TimeWindow): string {
  const window = [to, from].map(encodeURIComponent).join('/');
  return `/models/${model}/environments/${environment}/windows/${window}/report`;
}
