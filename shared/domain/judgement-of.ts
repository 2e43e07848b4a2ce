import type { DriftReport, FeatureDrift } from './drift/drift-report.ts';
import type { DocumentReference } from './identifiers.ts';
import { type Judgement, scoresOf, topOf } from './monitor-window.ts';

/** Digits that a row keeps of a distance. */
const DIGITS = 6;

/** How far a feature moved: W1/σ of a number, L∞ of a category; 0 where there is nothing to compare. */
export function scoreOf(feature: FeatureDrift): number {
  const score = feature.kind === 'numeric' ? feature.wassersteinOverSigma : feature.lInfinity;
  return score === null ? 0 : Number(score.toPrecision(DIGITS));
}

/** What of a report stands in the window's row. */
export function judgementOf(
  report: DriftReport,
  capture: { captured: number; expected?: number },
  documents: { report: DocumentReference; state: DocumentReference },
): Judgement {
  const features = report.features.map((feature) => ({
    name: feature.name.slice(0, 128),
    score: scoreOf(feature),
    verdict: feature.verdict,
  }));
  const { prediction } = report;
  return {
    verdict: report.verdict,
    breached: report.verdict === 'drifted',
    driftedShare: report.driftedShare ?? 0,
    rows: report.rows,
    records: report.records,
    invalidRecords: report.invalidRecords,
    topFeatures: topOf(features.filter(({ score }) => score > 0)),
    ...(prediction && { predictionVerdict: prediction.verdict, predictionScore: scoreOf(prediction) }),
    featureScores: scoresOf(features),
    capturedRows: capture.captured,
    ...(capture.expected !== undefined && { invokedRows: capture.expected }),
    ...documents,
  };
}
