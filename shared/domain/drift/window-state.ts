/**
 * What is known of a window's rows, in memory: addition merges two of them, so the work splits over files and workers. Counts are
 * whole numbers. How states are written and read stands in serialize-window-state.ts.
 */
export type NumericState = {
  kind: 'numeric';
  present: number;
  missing: number;
  invalid: number;
  /** Infinity and -Infinity while nothing is present. */
  minimum: number;
  maximum: number;
  sumOfSquares: number;
  /** Present values below the baseline's minimum or above its maximum. */
  outOfRange: number;
  /** One entry a bin of the baseline. */
  counts: Float64Array;
  sums: Float64Array;
};

export type CategoricalState = {
  kind: 'categorical';
  present: number;
  missing: number;
  invalid: number;
  /** One entry a value of the baseline's domain. */
  counts: Float64Array;
  /** Present values outside the baseline's domain. */
  unseen: number;
  /** The most frequent of them, bounded (see count-unseen.ts). */
  topUnseen: Map<string, number>;
};

export type FeatureState = NumericState | CategoricalState;

/** Records that can't be compared because their rows have another shape than the baseline's. */
export type SchemaMismatch = { expected: string; found: string; records: number };

export type WindowState = {
  baselineSha256: string;
  /** Readable capture records. */
  records: number;
  /** Feature rows in them. */
  rows: number;
  /** Lines that are not blank and no capture record. */
  invalidRecords: number;
  /** At most 20 kinds, the most frequent kept. */
  schemaMismatches: SchemaMismatch[];
  /** In the baseline's order. */
  features: FeatureState[];
  prediction: FeatureState | null;
};
