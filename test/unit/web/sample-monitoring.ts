import type { LatencyReading } from '../../../shared/domain/latency-reading.ts';
import type { MonitorWindow } from '../../../shared/domain/monitor-window.ts';
import type { MonitoringHistory } from '../../../shared/domain/monitoring-history.ts';
import { hourly, judgedWindow, sampleCase } from '../../fakes/sample-cases.ts';
import { HOSTILE } from './sample-views.ts';

const FEATURES = [
  'distance',
  'temp',
  'carrier',
  'dep_hour',
  HOSTILE,
  'سرعة_الرياح',
  'wind_gust_in_miles_per_hour_at_origin_airport',
  'visib',
  'origin',
  'month',
];
const DIGEST = { uri: 's3://mlops-test/report.html', versionId: 'v1', sha256: 'd'.repeat(64) };

/** Two days of hourly windows: some noise, a gap in the first night, and a drift since this morning. */
export const sampleWindows: MonitorWindow[] = Array.from({ length: 48 }, (_, at) => {
  const hour = at - 47;
  const isDrifting = at >= 40;
  const scores = FEATURES.map((name, feature) => ({
    name,
    score:
      0.02 +
      0.015 * ((at * 7 + feature * 3) % 5) +
      (isDrifting && feature < 3 ? 0.09 * (at - 38) * (3 - feature) * 0.3 : 0),
  }));
  if (at === 30)
    return judgedWindow(hour, {
      status: 'failed',
      verdict: undefined,
      reason: 'The baseline of run 7 has another digest than was recorded.',
      rows: undefined,
      driftedShare: undefined,
      topFeatures: undefined,
    });
  if (at > 8 && at < 14)
    return judgedWindow(hour, {
      verdict: 'insufficient-data',
      breached: false,
      rows: 80,
      driftedShare: 0,
      featureScores: [],
      topFeatures: [],
    });
  const drifted = scores.filter(({ score }) => score >= 0.1);
  return judgedWindow(hour, {
    verdict: isDrifting ? 'drifted' : 'ok',
    breached: isDrifting,
    driftedShare: drifted.length / FEATURES.length,
    featureScores: scores,
    topFeatures: scores
      .toSorted((a, b) => b.score - a.score)
      .slice(0, 5)
      .map((moved) => ({ ...moved, verdict: moved.score >= 0.1 ? 'drifted' : 'ok' })),
    page: DIGEST,
  });
});

export const sampleReadings: LatencyReading[] = Array.from({ length: 48 }, (_, at) => {
  const hour = hourly(at - 47).from;
  const slow = at > 42 ? 0.012 * (at - 41) : 0.002;
  return {
    ...{
      model: 'flight-delays',
      environment: 'prod',
      endpointName: 'mlops-test-flight-delays-prod',
      runId: 'run-live',
      version: 7,
      hour,
    },
    readUpTo: new Date(Date.parse(hour) + 3_500_000).toISOString(),
    objective: { withinMs: 100, target: 0.99 },
    ...{ invocations: 1200, failures: 2, slow: Math.round(1200 * slow), refused: 0, goodShare: 1 - slow },
    modelMicros: {
      p50: 21_000 + 900 * (at % 4),
      p90: 48_000 + 2_000 * (at % 3),
      p99: 70_000 + (at > 42 ? 12_000 * (at - 41) : 0),
    },
    burnRates: {
      latency: { '5m': slow * 100, '30m': slow * 90, '1h': slow * 80, '6h': 2.1, '1d': 0.8, '3d': 0.4 },
      errors: { '1h': 0.1 },
    },
    ...(at === 47 && { ticket: { since: hour } }),
  };
});

export const watchedHistory: MonitoringHistory = {
  model: 'flight-delays',
  environment: 'prod',
  watched: {
    version: 7,
    drift: {
      schedule: 'rate(1 hour)',
      window: 'PT1H',
      alert: { features: 0.3, consecutive: 2 },
      showUnseenValues: false,
    },
    monitors: true,
    wantsDrift: true,
    latency: { withinMs: 100, target: 0.99, window: 'P30D' },
    retrains: true,
  },
  windows: sampleWindows,
  readings: sampleReadings,
  cases: [
    sampleCase({
      issue: { iid: 12, webUrl: 'https://gitlab.example.com/ml/flight-delays/-/issues/12' },
      breaches: 8,
      retrainings: [{ runId: 'run-retraining', startedAt: hourly(-3).to }],
    }),
  ],
};
