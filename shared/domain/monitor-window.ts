import * as z from 'zod';
import { DriftVerdict } from './drift/drift-report.ts';
import { DocumentReference, EnvironmentName, ModelName, Timestamp } from './identifiers.ts';

/** A span of time, `to` exclusive; both are written by `instant`, so that one span has one name. */
export const TimeWindow = z.object({ from: Timestamp, to: Timestamp });
export type TimeWindow = z.infer<typeof TimeWindow>;

/** How a report names the features that moved most, and how far: W1/σ of a number, L∞ of a category. */
const MovedFeature = z.object({ name: z.string(), score: z.number().min(0) });

/** Rows hold at most 8 KB; the rest stands in the report. */
const MOST_TOP_FEATURES = 5;
const MOST_SCORES = 200;

/** Which endpoint is looked at, in which span, and which version's baseline it is compared with. */
const WhichWindow = z.object({
  model: ModelName,
  environment: EnvironmentName,
  variant: z.string(),
  endpointName: z.string(),
  window: TimeWindow,
  runId: z.string(),
  version: z.number().int(),
});

/** What came of it, as far as the pages, the alarms and the cases ask. */
export const Judgement = z.object({
  verdict: DriftVerdict,
  /** Whether the window counts towards an alarm and a case: its verdict is `drifted`. */
  breached: z.boolean(),
  driftedShare: z.number().min(0).max(1),
  rows: z.number().int().min(0),
  records: z.number().int().min(0),
  invalidRecords: z.number().int().min(0),
  topFeatures: z.array(MovedFeature.extend({ verdict: DriftVerdict })).max(MOST_TOP_FEATURES),
  predictionVerdict: DriftVerdict.optional(),
  predictionScore: z.number().min(0).optional(),
  featureScores: z.array(MovedFeature).max(MOST_SCORES),
  /** Requests that were captured, and those that the endpoint answered, times the sampling; absent where CloudWatch knows none. */
  capturedRows: z.number().int().min(0),
  invokedRows: z.number().min(0).optional(),
  report: DocumentReference,
  /** What was counted, for the page's pictures; the capture bucket forgets it after a week. */
  state: DocumentReference,
});
export type Judgement = z.infer<typeof Judgement>;

/**
 * One look at one endpoint's traffic. `planned` while it is being worked on, `judged` once, for good. A `failed` one says why in
 * `reason` (its baseline can't be trusted) and may be looked at again when that was put right.
 */
export const MonitorWindow = z.object({
  ...WhichWindow.shape,
  ...Judgement.partial().shape,
  status: z.enum(['planned', 'judged', 'failed']),
  /** The report as a page for people. */
  page: DocumentReference.optional(),
  reason: z.string().max(1000).optional(),
  judgedAt: Timestamp.optional(),
  /** Who publishes the metrics and the alert, and since when: one execution of the workflow. */
  publishing: z.object({ by: z.string(), since: Timestamp }).optional(),
  publishedAt: Timestamp.optional(),
});
export type MonitorWindow = z.infer<typeof MonitorWindow>;

export const WindowKey = WhichWindow.pick({ model: true, environment: true, variant: true, window: true });
export type WindowKey = z.infer<typeof WindowKey>;

export function planned(which: z.infer<typeof WhichWindow>): MonitorWindow {
  return { ...WhichWindow.parse(which), status: 'planned' };
}

/** The features that moved most, farthest first; those that don't fit into a row are left out. */
export function topOf<Feature extends { name: string; score: number }>(features: readonly Feature[]): Feature[] {
  return [...features].sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1)).slice(0, MOST_TOP_FEATURES);
}

export function scoresOf(features: readonly { name: string; score: number }[]): { name: string; score: number }[] {
  return features.slice(0, MOST_SCORES).map(({ name, score }) => ({ name, score }));
}

/** An instant as keys and reports spell it. */
export function instant(time: string | number | Date): string {
  return new Date(time).toISOString();
}
