import type { Judgement, MonitorWindow } from './monitor-window.ts';
import { watchedDimensions } from './watched-dimensions.ts';

type Point = {
  name: string;
  value: number;
  unit?: 'None' | 'Count';
  dimensions: Record<string, string>;
  at: string;
};

/** CloudWatch takes points of the last two weeks; a look farther back leaves its record alone. */
const PUBLISHED_MILLISECONDS = 14 * 24 * 60 * 60_000;

/** A dimension's value is ASCII, not blank, and of at most 1,024 characters. */
function asDimension(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]/g, '_').slice(0, 1024);
  return ascii.trim() === '' || ascii.startsWith(':') ? `_${ascii}` : ascii;
}

/**
 * What CloudWatch hears of a judged window, at the window's end. Without enough data there is nothing to say of drift: no value is
 * published, because 0 would read as "no drift".
 */
export function metricsOfWindow(
  stage: string,
  { model, environment, window }: MonitorWindow,
  judgement: Judgement,
  now: string,
): Point[] {
  if (Date.parse(now) - Date.parse(window.to) >= PUBLISHED_MILLISECONDS) return [];
  const dimensions = watchedDimensions(stage, model, environment);
  const point = (name: string, value: number, unit: 'None' | 'Count' = 'None', more: Record<string, string> = {}) => ({
    name,
    value,
    unit,
    dimensions: { ...dimensions, ...more },
    at: window.to,
  });
  const { records, invalidRecords, capturedRows, invokedRows } = judgement;
  const lines = records + invalidRecords;
  const missing = invokedRows === undefined || invokedRows === 0 ? undefined : 1 - capturedRows / invokedRows;
  return [
    point('MonitorAlive', 1, 'Count'),
    point('WindowRows', judgement.rows, 'Count'),
    ...(lines === 0 ? [] : [point('InvalidShare', invalidRecords / lines)]),
    ...(missing === undefined ? [] : [point('CaptureGap', Math.max(0, missing))]),
    ...(judgement.verdict === 'insufficient-data'
      ? []
      : [
          point('DriftBreach', judgement.breached ? 1 : 0, 'Count'),
          point('DriftedFeatureShare', judgement.driftedShare),
          ...(judgement.predictionScore === undefined ? [] : [point('PredictionDrift', judgement.predictionScore)]),
          ...judgement.topFeatures.map(({ name, score }) =>
            point('FeatureDrift', score, 'None', { Feature: asDimension(name) }),
          ),
        ]),
  ];
}
