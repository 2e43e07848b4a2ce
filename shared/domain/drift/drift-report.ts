import * as z from 'zod';
import { Sha256, Timestamp } from '../identifiers.ts';

const Count = z.number().int().min(0);
const Share = z.number().min(0).max(1);

/** `insufficient-data` is its own outcome: no data is never ok. */
export const DriftVerdict = z.enum(['ok', 'warning', 'drifted', 'insufficient-data']);
export type DriftVerdict = z.infer<typeof DriftVerdict>;

const Significance = { statistic: z.number(), pValue: Share, qValue: Share };
const Shared = {
  name: z.string(),
  present: Count,
  missing: Count,
  invalid: Count,
  missingShare: Share.nullable(),
  baselineMissingShare: Share.nullable(),
  invalidShare: Share.nullable(),
  baselineInvalidShare: Share.nullable(),
  verdict: DriftVerdict,
  /** One sentence that names the numbers and thresholds which decided. */
  why: z.string(),
};

/** Distances are null where one side has no values; no number is ever NaN or infinite. */
export const NumericDrift = z.object({
  ...Shared,
  kind: z.literal('numeric'),
  wassersteinOverSigma: z.number().min(0).nullable(),
  ks: z.object(Significance).nullable(),
  psi: z.number().min(0).nullable(),
  jensenShannon: z.number().min(0).nullable(),
  outOfRangeShare: Share.nullable(),
  mean: z.number().nullable(),
  baselineMean: z.number().nullable(),
});

export type NumericDrift = z.infer<typeof NumericDrift>;

export const CategoricalDrift = z.object({
  ...Shared,
  kind: z.literal('categorical'),
  lInfinity: Share.nullable(),
  totalVariation: Share.nullable(),
  jensenShannon: z.number().min(0).nullable(),
  chiSquare: z.object({ ...Significance, cramersV: z.number().min(0) }).nullable(),
  unseenShare: Share.nullable(),
  /** The share of unseen values that is to be expected where nothing changed (see expected-unseen.ts): large in a column of identifiers. */
  baselineUnseenShare: Share.nullable(),
  /** Values only where they may be shown, and from 20 occurrences on. */
  topUnseen: z.array(z.object({ value: z.string(), count: Count })).max(20),
});

export type CategoricalDrift = z.infer<typeof CategoricalDrift>;

export const FeatureDrift = z.discriminatedUnion('kind', [NumericDrift, CategoricalDrift]);
export type FeatureDrift = z.infer<typeof FeatureDrift>;

/**
 * Something about the data itself: it keeps a window from being ok, whatever the distributions say. Only `approximate-baseline`
 * doesn't: it says how exact the numbers are.
 */
export const DataQualityFinding = z.object({
  kind: z.enum(['schema-mismatch', 'invalid-records', 'capture-gap', 'unreadable-object', 'approximate-baseline']),
  sentence: z.string(),
  expected: z.union([z.string(), z.number()]).optional(),
  found: z.union([z.string(), z.number()]).optional(),
  records: Count.optional(),
});
export type DataQualityFinding = z.infer<typeof DataQualityFinding>;

/** `report.json` of one window; its fields are a contract: some may be added, none changed or removed. */
export const DriftReport = z.object({
  schema: z.literal('mlops/drift-report/v1'),
  model: z.string().nullable(),
  environment: z.string().nullable(),
  window: z.object({ from: Timestamp.nullable(), to: Timestamp.nullable() }),
  baseline: z.object({ sha256: Sha256, rows: Count }),
  records: Count,
  rows: Count,
  invalidRecords: Count,
  verdict: DriftVerdict,
  /** The verdict in one sentence. */
  summary: z.string(),
  /** Share of features whose verdict is `drifted`, and the share from which on the window is. */
  driftedShare: Share.nullable(),
  alertShare: Share,
  findings: z.array(DataQualityFinding),
  features: z.array(FeatureDrift),
  prediction: FeatureDrift.nullable(),
});
export type DriftReport = z.infer<typeof DriftReport>;
