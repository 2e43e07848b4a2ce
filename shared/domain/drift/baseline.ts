import * as z from 'zod';
import type { Sha256 } from '../identifiers.ts';

const Count = z.number().int().min(0);
const Shared = { name: z.string().min(1), present: Count, missing: Count, invalid: Count };

/**
 * A numeric column of the training data. `edges` are the inner edges of its bins, strictly rising: bin 0 lies below `edges[0]`,
 * bin i holds `edges[i - 1] <= x < edges[i]` (a value on an edge belongs to the bin above), the last bin lies from the last edge on.
 * `counts` and `sums` have one entry more than `edges`. `deciles` are positions in `edges`: PSI and Jensen–Shannon use these bins.
 * The moments are null where no value is present; the standard deviation has ddof 0.
 */
export const NumericFeature = z.strictObject({
  ...Shared,
  kind: z.literal('numeric'),
  mean: z.number().nullable(),
  standardDeviation: z.number().min(0).nullable(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  edges: z.array(z.number()).max(79),
  counts: z.array(z.number().min(0)).max(80),
  sums: z.array(z.number()).max(80),
  deciles: z.array(Count).max(9),
});
export type NumericFeature = z.infer<typeof NumericFeature>;

/** A categorical column: its values with their counts, most frequent first. `other` counts values beyond the kept domain. */
export const CategoricalFeature = z.strictObject({
  ...Shared,
  kind: z.literal('categorical'),
  domain: z.array(z.strictObject({ value: z.string(), count: Count })).max(10_000),
  other: Count,
});
export type CategoricalFeature = z.infer<typeof CategoricalFeature>;

export const BaselineFeature = z.discriminatedUnion('kind', [NumericFeature, CategoricalFeature]);
export type BaselineFeature = z.infer<typeof BaselineFeature>;

/** What the model was trained on, as later windows are compared with it: `baseline.json`. Features stand in the order of a request. */
export const Baseline = z.strictObject({
  schema: z.literal('mlops/drift-baseline/v1'),
  /** The model that it was made for, where the one who made it knows. */
  model: z.string().nullable().default(null),
  rows: Count,
  features: z.array(BaselineFeature).min(1).max(2_000),
  /** The model's own answers to the same rows, where they are known. */
  prediction: BaselineFeature.nullable(),
  /** Set where the bins were read from another tool's sketch: the report says that its numbers are approximate. */
  approximate: z.boolean().default(false),
});
export type Baseline = z.infer<typeof Baseline>;

/** A baseline with the SHA-256 of its canonical JSON: a window's state refuses to be merged with another baseline's. */
export type SealedBaseline = { baseline: Baseline; sha256: z.infer<typeof Sha256> };
